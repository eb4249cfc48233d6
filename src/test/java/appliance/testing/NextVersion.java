package appliance.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.Attributes;
import java.util.jar.Manifest;

/** The program under test once more, as a build that calls itself another version. */
public final class NextVersion {

  private NextVersion() {}

  /** Writes it to {@code file}, and returns that. */
  public static Path of(Path jar, String version, Path file) throws IOException {
    Files.copy(jar, file, StandardCopyOption.REPLACE_EXISTING);
    try (FileSystem files = FileSystems.newFileSystem(file)) {
      Path path = files.getPath("META-INF", "MANIFEST.MF");
      Manifest manifest = new Manifest();
      try (InputStream in = Files.newInputStream(path)) {
        manifest.read(in);
      }
      manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, version);
      try (OutputStream out = Files.newOutputStream(path)) {
        manifest.write(out);
      }
    }
    return file;
  }
}
