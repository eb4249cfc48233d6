package appliance.node;

import appliance.runtime.Removal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a node of its own of a copied data folder (a cloned machine): what says who the node is goes,
 * what it holds of the site stays. So the clone fetches only what has changed since.
 */
final class NewIdentity {

  private static final Logger log = LoggerFactory.getLogger(NewIdentity.class);

  /**
   * What another node may go on with: the media's index has an owner in it and begins a new history for
   * another one; the replica is a copy at a position; the secret is the same on all nodes; the service's
   * archive of classes and cache are the program's. All else is dropped, also what is not known here: keys,
   * tokens, the log.
   */
  private static final Set<String> KEPT = Set.of(
      "lock", "media", "replica", "logs", "secret", "appliance.jsa", ".cache", Removal.OF_THE_DISK);

  /** Last, so that a folder that was only half cleared is still seen to be a copy. */
  private static final String ID = "node.id";

  private NewIdentity() {}

  static void in(Path data) throws IOException {
    List<Path> dropped;
    try (Stream<Path> entries = Files.list(data)) {
      dropped = entries
          .filter(entry -> !KEPT.contains(entry.getFileName().toString()))
          .sorted(Comparator.comparing(entry -> entry.endsWith(ID)))
          .toList();
    }
    for (Path entry : dropped) {
      Removal.of(entry);
    }
    log.info(
        "This node gets a new identity. Dropped from its data folder {}: {}",
        data,
        dropped.stream().map(e -> e.getFileName().toString()).collect(Collectors.joining(", ")));
  }
}
