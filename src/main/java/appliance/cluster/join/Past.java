package appliance.cluster.join;

import appliance.cluster.state.ClusterFile;
import appliance.cluster.state.MemberMark;
import appliance.config.ClusterConfig;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which cluster this node was in before this start, by its data folder. */
final class Past {

  private Past() {}

  /**
   * What is known of it; empty if this node was in none.
   *
   * @throws StartFailure if it is not the one of the settings, or what the node knew of it is lost
   * @throws IOException if the data folder cannot be read
   */
  static Optional<ClusterFile> of(ClusterConfig config) throws IOException {
    refuseLost(config.data());
    Optional<ClusterFile> known = ClusterFile.read(config.data());
    if (known.isPresent() && !known.get().name().equals(config.cluster())) {
      throw new StartFailure(
          ExitCode.CLUSTER,
          "the data folder %s belongs to the cluster '%s', not to '%s': start with --join %s, or with"
                  .formatted(
                      config.data(),
                      known.get().name(),
                      config.cluster(),
                      known.get().name())
              + " another --data");
    }
    return known;
  }

  /**
   * A member that has lost its log would found a second cluster with the data of the first, or come back into
   * that as somebody who has never confirmed anything.
   */
  private static void refuseLost(Path data) throws IOException {
    Optional<String> member = MemberMark.read(data);
    Optional<Path> missing = MemberMark.missing(data);
    if (member.isPresent() && missing.isPresent()) {
      throw new StartFailure(
          ExitCode.DATA_FOLDER,
          "this node is a member of the cluster %s, as %s says, but %s is missing; still there: %s. If %s was moved"
                  .formatted(
                      member.get(),
                      MemberMark.path(data),
                      missing.get(),
                      left(data),
                      ClusterFile.folder(data))
              + " away, put it back as it was. If it is lost, run 'appliance new-identity' and start this node:"
              + " it keeps its replica, its media and its join secret, and joins as a new node, or founds the"
              + " cluster anew, with another password, if it was the only one");
    }
  }

  /** What the data folder holds besides, by its names. */
  private static String left(Path data) throws IOException {
    try (Stream<Path> entries = Files.list(data)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> !name.startsWith("lock"))
          .sorted()
          .collect(Collectors.joining(", "));
    }
  }
}
