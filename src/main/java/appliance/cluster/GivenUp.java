package appliance.cluster;

import appliance.cluster.state.ClusterFile;
import appliance.runtime.Force;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * The cluster that this node has founded and gives up for another one: it lies in {@code
 * DATA/cluster.given-up} until the other one knows this node, so that this node can go on with it if the
 * other one is gone by then. A kill between any two steps leaves it whole, here or in its place. The thread
 * that joins owns it.
 */
final class GivenUp {

  private final Path data;
  private final Path aside;
  private final Force force;
  private final ClusterMove move;

  GivenUp(Path data) {
    this(data, Force.DISK);
  }

  GivenUp(Path data, Force force) {
    this.data = data;
    aside = data.resolve("cluster.given-up");
    this.force = force;
    move = new ClusterMove(force);
  }

  void putAside() throws IOException {
    drop();
    Files.createDirectories(aside);
    force.of(data); // before the other place goes, which may be on another disk
    move.move(ClusterFile.folder(data), ClusterFile.folder(aside));
  }

  /** What is known of it; empty if nothing is being given up. */
  Optional<ClusterFile> file() throws IOException {
    return ClusterFile.read(aside);
  }

  /** Ends a move that a kill has cut off when both places had it: it lies aside then. */
  void finish() throws IOException {
    Optional<UUID> given = file().map(ClusterFile::cluster);
    if (given.isPresent() && given.equals(ClusterFile.read(data).map(ClusterFile::cluster))) {
      move.delete(ClusterFile.folder(data));
    }
  }

  /** Puts it back into its place, after a start that the other cluster may have seen. */
  void restore() throws IOException {
    ClusterFile own = file().orElseThrow();
    long seen = ClusterFile.read(data).map(ClusterFile::incarnation).orElse(0L);
    own.startedAfter(seen).write(aside);
    ClusterFile.delete(data);
    move.move(ClusterFile.folder(aside), ClusterFile.folder(data));
    Files.delete(aside);
  }

  /** Forgets it: this node is in another cluster. */
  void drop() throws IOException {
    ClusterFile.delete(aside);
    Files.deleteIfExists(aside);
  }
}
