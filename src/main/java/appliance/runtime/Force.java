package appliance.runtime;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Has on disk what a power loss could take so far: a file's content, or the names in a folder. */
@FunctionalInterface
public interface Force {

  /** The one that does it. */
  Force DISK = Force::toDisk;

  /** Returns when it is there. */
  void of(Path path) throws IOException;

  private static void toDisk(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
