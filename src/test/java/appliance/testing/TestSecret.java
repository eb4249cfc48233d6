package appliance.testing;

import appliance.trust.JoinSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The join secret of every cluster of a test that is not about secrets. */
public final class TestSecret {

  public static final JoinSecret SECRET = new JoinSecret("the-secret-of-the-tests");

  private TestSecret() {}

  /** Writes it to where {@code --secret-file} will look. */
  public static void write(Path file) throws IOException {
    Files.writeString(file, SECRET.text() + "\n");
  }
}
