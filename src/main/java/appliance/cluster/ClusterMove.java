package appliance.cluster;

import appliance.runtime.Force;
import appliance.runtime.Mounts;
import appliance.runtime.Removal;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Moves all that this node keeps of a cluster to another folder. That is one rename, unless the folder or its log has a
 * disk of its own: then the content is copied there, with the file that names the cluster last, and after that deleted
 * here, with this file first. So a kill leaves one of the two whole, or both.
 */
final class ClusterMove {

  private static final String NAMES = "membership";

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
    if (Files.exists(to)) {
      Removal.of(to); // what a kill has left of an earlier try; a disk of its own stays, empty
    }
    copy(from, to);
    Path named = to.resolve(NAMES);
    Path part = to.resolve(NAMES + ".part");
    Files.copy(from.resolve(NAMES), part, StandardCopyOption.REPLACE_EXISTING);
    force.of(part);
    Files.move(part, named, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    force.of(to);
    force.of(to.resolveSibling("."));
    delete(from);
  }

  private void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(from)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (name.equals(Removal.OF_THE_DISK) || name.equals(NAMES)) {
          continue;
        }
        if (Files.isDirectory(entry)) {
          copy(entry, to.resolve(name));
        } else {
          Files.copy(entry, to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
          force.of(to.resolve(name));
        }
      }
    }
    force.of(to);
  }

  /** Leaves of what has a disk of its own an empty folder. */
  void delete(Path folder) throws IOException {
    if (Files.deleteIfExists(folder.resolve(NAMES))) {
      force.of(folder);
    }
    if (Files.exists(folder)) {
      Removal.of(folder);
    }
  }

  /** Whether the file that names a cluster is there, which is the last to come and the first to go. */
  static boolean isWhole(Path folder) {
    return Files.exists(folder.resolve(NAMES));
  }
}
