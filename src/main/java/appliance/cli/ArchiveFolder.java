package appliance.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Where one run of {@code archive} works, locked while it does. What a killed run of the same user has left, its
 * nodes included, goes when the next one begins.
 */
final class ArchiveFolder implements AutoCloseable {

  private static final String PREFIX = "appliance-archive";
  private static final String LOCK = "lock";

  /** One without a lock may be about to get it. */
  private static final Duration UNLOCKED_MAX = Duration.ofHours(1);

  private final Path path;
  private final FileChannel lock;

  private ArchiveFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * @param parent where temporary files go
   */
  static ArchiveFolder in(Path parent) throws IOException {
    Path path = Files.createTempDirectory(parent, PREFIX);
    FileChannel channel =
        FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    ArchiveFolder made = new ArchiveFolder(path, channel);
    try {
      channel.lock();
      cleanUp(parent, Files.getOwner(path));
      return made;
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  private static void cleanUp(Path parent, UserPrincipal self) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path folder : left) {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
            && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(self)
            && isLeft(folder)) {
          endThoseWhoUse(folder);
          delete(folder);
        }
      }
    }
  }

  private static boolean isLeft(Path folder) throws IOException {
    Path lock = folder.resolve(LOCK);
    if (Files.notExists(lock, LinkOption.NOFOLLOW_LINKS)) {
      Instant made = Files.getLastModifiedTime(folder).toInstant();
      return made.isBefore(Instant.now().minus(UNLOCKED_MAX));
    }
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        FileLock free = channel.tryLock()) {
      return free != null;
    } catch (OverlappingFileLockException e) {
      return false; // of this process
    }
  }

  /** The nodes of a run that was killed do not end with it. */
  private static void endThoseWhoUse(Path folder) {
    ProcessHandle.allProcesses()
        .filter(process -> process
            .info()
            .commandLine()
            .filter(line -> line.contains(TrialNode.data(folder)))
            .isPresent())
        .forEach(ProcessHandle::destroyForcibly);
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      delete(path);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
