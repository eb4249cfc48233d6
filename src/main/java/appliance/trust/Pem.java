package appliance.trust;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Blocks of base64 between BEGIN and END lines (RFC 7468). */
public final class Pem {

  public static final String PRIVATE_KEY = "PRIVATE KEY";
  public static final String CERTIFICATE = "CERTIFICATE";

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

  private Pem() {}

  public static String block(String name, byte[] der) {
    Base64.Encoder base64 = Base64.getMimeEncoder(64, new byte[] {'\n'});
    return "-----BEGIN " + name + "-----\n" + base64.encodeToString(der) + "\n-----END " + name
        + "-----\n";
  }

  /** The content of every block of this name, in the order of the text. */
  public static List<byte[]> blocks(String name, String text) {
    List<byte[]> found = new ArrayList<>();
    Matcher blocks = BLOCK.matcher(text);
    while (blocks.find()) {
      if (blocks.group(1).equals(name)) {
        found.add(
            Base64.getMimeDecoder().decode(blocks.group(2).getBytes(StandardCharsets.US_ASCII)));
      }
    }
    return found;
  }
}
