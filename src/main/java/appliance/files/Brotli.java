package appliance.files;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.Encoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compresses a text that was asked for in brotli (RFC 7932) and lies on disk plain. By native code, which
 * the jar has for Linux on x86-64 and on ARM64; elsewhere gzip has to do.
 */
final class Brotli {

  private static final Logger log = LoggerFactory.getLogger(Brotli.class);

  /** Of 11. Takes half as long again as gzip does, and leaves 5 to 10 % less to send. */
  private static final int QUALITY = 5;

  private static final String UNPACKED_TO = "com.aayushatharva.brotli4j.native.workdir";

  private static final boolean AVAILABLE = load(Brotli4jLoader::ensureAvailability);

  private Brotli() {}

  /** Loads the native code. */
  @FunctionalInterface
  interface Loader {

    /** Throws an {@link UnsatisfiedLinkError} if it cannot be had here. */
    void load();
  }

  /** Whether it can be used; asks the first time only. */
  static boolean available() {
    return AVAILABLE;
  }

  static byte[] compress(byte[] content) throws IOException {
    return Encoder.compress(content, Encoder.Parameters.create(QUALITY));
  }

  /**
   * The library would delete what it unpacks when the JVM ends, and a node that is killed would leave it for
   * ever. Once it is loaded its file may go.
   */
  static boolean load(Loader loader) {
    try {
      Path folder = Files.createTempDirectory("appliance-brotli");
      try {
        System.setProperty(UNPACKED_TO, folder.toString());
        loader.load();
        return true;
      } finally {
        System.clearProperty(UNPACKED_TO);
        delete(folder);
      }
    } catch (IOException | UnsatisfiedLinkError e) {
      log.info(
          "Texts are compressed by gzip alone: brotli's native code cannot be loaded from {} ({}). Where"
              + " that folder forbids programs, name another by -Djava.io.tmpdir",
          System.getProperty("java.io.tmpdir"),
          e.toString());
      return false;
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> paths = Files.walk(folder)) {
      all = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
