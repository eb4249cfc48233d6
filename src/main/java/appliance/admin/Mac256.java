package appliance.admin;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA256 (RFC 2104) of a text, as base64url. */
final class Mac256 {

  private static final String NAME = "HmacSHA256";

  private Mac256() {}

  static String of(byte[] key, String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(key, text));
  }

  static byte[] bytes(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance(NAME);
      mac.init(new SecretKeySpec(key, NAME));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + NAME, e);
    }
  }
}
