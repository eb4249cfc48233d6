package appliance.cluster.state;

import appliance.runtime.Force;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Says outside of {@code DATA/cluster} that the node of this data folder is in a cluster: without it a member
 * that has lost that folder would look like a new node. One line, the cluster's name and id, in {@code
 * DATA/member-of}; a new identity drops it, as all that says who the node was.
 */
public final class MemberMark {

  /** In {@code DATA/cluster} from the log's first entry on: without it an empty log is a new one. */
  public static final String LOG_BEGUN = "log.begun";

  private static final int BYTES_MAX = 4096;

  private MemberMark() {}

  /** Where it lies. */
  public static Path path(Path data) {
    return data.resolve("member-of");
  }

  /** The file without which a member cannot go on, if it is not there. */
  public static Optional<Path> missing(Path data) {
    return Stream.of(ClusterFile.path(data), ClusterFile.folder(data).resolve(LOG_BEGUN))
        .filter(Files::notExists)
        .findFirst();
  }

  /** This node is in a cluster, and all that it is to find again is there; on disk when this returns. */
  public static void put(Path data, ClusterFile file) throws IOException {
    String line = file.name() + " " + file.cluster() + "\n";
    if (missing(data).isPresent() || read(data).equals(Optional.of(line.strip()))) {
      return;
    }
    Path part = data.resolve("member-of.new");
    Files.writeString(part, line);
    Force.DISK.of(part);
    Files.move(
        part, path(data), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Force.DISK.of(data);
  }

  /** The cluster that this node is in, for a person; empty if it is in none. */
  public static Optional<String> read(Path data) throws IOException {
    Path mark = path(data);
    if (Files.notExists(mark)) {
      return Optional.empty();
    }
    byte[] bytes = Files.size(mark) > BYTES_MAX ? new byte[0] : Files.readAllBytes(mark);
    return Optional.of(new String(bytes, StandardCharsets.UTF_8).strip());
  }

  /** Before what it stands for goes; on disk when this returns. */
  public static void remove(Path data) throws IOException {
    if (Files.deleteIfExists(path(data))) {
      Force.DISK.of(data);
    }
  }
}
