package appliance.cluster;

import appliance.cluster.state.ClusterFile;
import appliance.runtime.Force;
import appliance.runtime.Mounts;
import appliance.runtime.Removal;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Moves all that this node keeps of a cluster to another folder. That is one rename, unless the folder or its log has a
 * disk of its own: then the content is copied there, with the file that names the cluster last, and after that deleted
 * here, with this file first. So a kill leaves one of the two whole, or both.
 */
final class ClusterMove {

  private static final String NAMES = "membership";

  /** For what a cluster begins with, beside what is moved. */
  private static final long ROOM_BYTES = 1 << 20;

  private static final long BLOCK_BYTES = 4096;
  private static final long KILOBYTE = 1024;

  private final Force force;

  ClusterMove(Force force) {
    this.force = force;
  }

  /** Whether one of the two has a disk of its own, so that a kill may leave both. */
  static boolean copies(Path from, Path to) throws IOException {
    return Mounts.isAtOrBelow(from) || Mounts.isAtOrBelow(to);
  }

  /**
   * @param from with a file that names a cluster
   * @param to without one
   */
  void move(Path from, Path to) throws IOException {
    if (!copies(from, to)) {
      Files.move(from, to);
      return;
    }
    drop(to); // what a kill has left of an earlier try
    try {
      copyAll(from, to);
    } catch (IOException e) {
      dropAfter(e, to);
      throw e;
    }
    delete(from);
  }

  /** A disk of its own stays, empty. */
  private static void drop(Path folder) throws IOException {
    if (Files.exists(folder)) {
      Removal.of(folder);
    }
  }

  /** It would take the room that the next try needs. */
  private static void dropAfter(IOException failure, Path part) {
    try {
      drop(part);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void copyAll(Path from, Path to) throws IOException {
    copy(from, to);
    Path named = to.resolve(NAMES);
    Path part = to.resolve(NAMES + ".part");
    Files.copy(from.resolve(NAMES), part, StandardCopyOption.REPLACE_EXISTING);
    force.of(part);
    Files.move(part, named, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    force.of(to);
    force.of(to.resolveSibling("."));
  }

  private void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(from)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (name.equals(Removal.OF_THE_DISK) || name.equals(NAMES) || ClusterFile.isProbe(entry)) {
          continue;
        }
        if (Files.isDirectory(entry)) {
          copy(entry, to.resolve(name));
        } else {
          Files.copy(entry, to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
          force.of(to.resolve(name));
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    force.of(to);
  }

  /**
   * What a move would lack, for an operator; empty if there is room, as far as the disk's numbers show it: a quota is in none.
   *
   * @param from as in {@link #move}
   * @param to as well
   */
  static Optional<String> lack(Path from, Path to) throws IOException {
    Path place =
        to.resolveSibling("."); // nobody moves to where a disk is mounted without having been there
    FileStore disk = Files.getFileStore(Files.exists(to) ? to : place);
    long needed = ROOM_BYTES + (copies(from, to) ? bytes(from) : 0);
    long free = disk.getUsableSpace();
    boolean counts = disk.getTotalSpace() > 0;
    return free < needed && counts
        ? Optional.of(needed / KILOBYTE + " KB are needed on the disk of " + place.normalize()
            + ", and " + free / KILOBYTE + " KB are free")
        : Optional.empty();
  }

  private static long bytes(Path folder) throws IOException {
    long[] sum = {0};
    Files.walkFileTree(folder, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path below, BasicFileAttributes of) {
        sum[0] += BLOCK_BYTES;
        return below.endsWith(Removal.OF_THE_DISK)
            ? FileVisitResult.SKIP_SUBTREE
            : FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes of) {
        sum[0] += (of.size() / BLOCK_BYTES + 1) * BLOCK_BYTES;
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
        if (file.endsWith(Removal.OF_THE_DISK)) {
          return FileVisitResult.CONTINUE;
        }
        throw e;
      }
    });
    return sum[0];
  }

  /** Leaves of what has a disk of its own an empty folder. */
  void delete(Path folder) throws IOException {
    if (Files.deleteIfExists(folder.resolve(NAMES))) {
      force.of(folder);
    }
    drop(folder);
  }

  /** Whether the file that names a cluster is there, which is the last to come and the first to go. */
  static boolean isWhole(Path folder) {
    return Files.exists(folder.resolve(NAMES));
  }
}
