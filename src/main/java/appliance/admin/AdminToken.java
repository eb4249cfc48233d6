package appliance.admin;

import appliance.trust.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/** {@code DATA/admin.token}: who can read it may command the node that runs on that folder. */
public final class AdminToken {

  public static final String FILE = "admin.token";

  private static final int BYTES = 32;
  private static final int FILE_BYTES_MAX = 1024;
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43,}");

  private AdminToken() {}

  /** Reads the token, or makes one if there is none or it is no token. */
  static String readOrMake(Path dataFolder, SecureRandom random) throws IOException {
    Path file = dataFolder.resolve(FILE);
    if (Files.exists(file)) {
      String token = PrivateFile.read(file, FILE_BYTES_MAX).strip();
      if (FORM.matcher(token).matches()) {
        return token;
      }
    }
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    PrivateFile.write(file, token + "\n");
    return token;
  }

  /** The token of the node on this folder, for a client on the same machine. */
  public static String read(Path dataFolder) throws IOException {
    return Files.readString(dataFolder.resolve(FILE)).strip();
  }
}
