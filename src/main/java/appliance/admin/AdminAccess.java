package appliance.admin;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;

/**
 * What the founder of a cluster makes once: the password, to be shown once and kept nowhere, and the
 * settings to be replicated so that every node can check it and each other's sessions.
 *
 * @param password in clear, for the operator
 * @param settings by key: the password's hash and the key that signs sessions
 */
public record AdminAccess(String password, Map<String, String> settings) {

  /** The one user there is. */
  public static final String USER = "admin";

  public static final String PASSWORD_SETTING = "admin.password";
  public static final String SESSION_KEY_SETTING = "admin.sessionKey";

  static final int SESSION_KEY_BYTES = 32;

  public AdminAccess {
    settings = Map.copyOf(settings);
  }

  /** Generates both; takes some tens of milliseconds for the hash. */
  public static AdminAccess generate(SecureRandom random) {
    String password = AdminPassword.generate(random);
    byte[] key = new byte[SESSION_KEY_BYTES];
    random.nextBytes(key);
    return new AdminAccess(
        password,
        Map.of(
            PASSWORD_SETTING,
            AdminPassword.hash(password, AdminPassword.ITERATIONS_GENERATED, random),
            SESSION_KEY_SETTING,
            Base64.getUrlEncoder().withoutPadding().encodeToString(key)));
  }

  /** Without the password and the key. */
  @Override
  public String toString() {
    return "AdminAccess" + settings.keySet();
  }
}
