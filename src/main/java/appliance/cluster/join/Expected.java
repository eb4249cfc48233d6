package appliance.cluster.join;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits with the founding until as many nodes are here as the operator expects, and tells who is. */
final class Expected {

  private static final Logger log = LoggerFactory.getLogger(Expected.class);

  private final String cluster;
  private final String self;
  private final int nodes;
  private TreeSet<String> told = new TreeSet<>();

  /**
   * @param nodes how many must be here, this one included
   */
  Expected(String cluster, String self, int nodes) {
    this.cluster = cluster;
    this.self = self;
    this.nodes = nodes;
  }

  /** Whether all are here; logs who is whenever that has changed, and has {@code waits} tell it. */
  boolean here(List<Greeting.Answer> others, Waits waits) {
    TreeSet<String> names = Stream.concat(
            Stream.of(self), others.stream().map(Greeting.Answer::node))
        .collect(Collectors.toCollection(TreeSet::new));
    long count = 1 + others.stream().map(Greeting.Answer::id).distinct().count();
    if (nodes > 1 && !names.equals(told)) {
      told = names;
      log.info(
          "Founding the cluster '{}' with {} nodes (--expect): {} of them are here: {}",
          cluster,
          nodes,
          count,
          String.join(", ", names));
    }
    boolean here = count >= nodes;
    if (!here) {
      waits.on(
          "as many as %d nodes (--expect)".formatted(nodes),
          "%d of them are here: %s. Start the others, or restart this node with another --expect"
              .formatted(count, String.join(", ", names)));
    }
    return here;
  }
}
