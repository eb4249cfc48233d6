package appliance.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AdminPasswordTest {

  private final SecureRandom random = new SecureRandom();

  @Test
  void a_generated_password_is_four_groups_without_letters_that_look_alike() {
    String password = AdminPassword.generate(random);
    assertTrue(password.matches("[a-km-np-z2-9]{4}(-[a-km-np-z2-9]{4}){3}"), password);
    assertNotEquals(password, AdminPassword.generate(random));
  }

  @Test
  void only_the_password_fits_its_hash() {
    String hash = AdminPassword.hash("correct horse", 1000, random);
    assertTrue(AdminPassword.verify("correct horse", hash));
    assertFalse(AdminPassword.verify("correct Horse", hash));
    assertFalse(AdminPassword.verify("", hash));
    assertNotEquals(hash, AdminPassword.hash("correct horse", 1000, random));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plain",
        "pbkdf2-sha256$x$AAAA$AAAA",
        "pbkdf2-sha256$0$AAAA$AAAA",
        "pbkdf2-sha256$2000000000$AAAA$AAAA",
        "pbkdf2-sha256$1000$$",
        "pbkdf2-sha256$1000$***$***",
        "md5$1$AAAA$AAAA",
      })
  void nothing_fits_what_is_no_hash(String stored) {
    assertFalse(AdminPassword.verify("", stored));
    assertFalse(AdminPassword.verify("plain", stored));
  }

  @Test
  void what_the_founder_makes_does_not_show_itself() {
    AdminAccess access = AdminAccess.generate(random);
    assertTrue(AdminPassword.verify(
        access.password(), access.settings().getOrDefault(AdminAccess.PASSWORD_SETTING, "")));
    assertFalse(access.toString().contains(access.password()));
    assertEquals(2, access.settings().size());
  }
}
