package appliance.runtime;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what is no longer wanted, a folder with all that is in it. One that has a disk of its own can only be
 * emptied, and what the file system keeps there for itself stays as well.
 */
public final class Removal {

  private static final Logger log = LoggerFactory.getLogger(Removal.class);

  /** Of ext4, in the root of each disk; only root may look into it. */
  public static final String OF_THE_DISK = "lost+found";

  private Removal() {}

  /** Throws if a file stays; an empty folder may. */
  public static void of(Path path) throws IOException {
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(path); // what a disk is tried with goes by itself
      return;
    }
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(path, entry -> !entry.endsWith(OF_THE_DISK))) {
      for (Path entry : entries) {
        of(entry);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    try {
      Files.delete(path);
    } catch (FileSystemException e) {
      log.debug("{} stays, and is empty: it may have a disk of its own", path, e);
    }
  }
}
