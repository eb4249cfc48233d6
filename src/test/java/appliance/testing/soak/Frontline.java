package appliance.testing.soak;

import appliance.testing.NodeProcess;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;

/** The load balancer before the nodes: clients are sent to those that are in. Thread-safe. */
final class Frontline {

  private final List<NodeProcess> in;

  Frontline(List<NodeProcess> nodes) {
    in = new CopyOnWriteArrayList<>(nodes);
  }

  /** Any node that is in. */
  NodeProcess any() {
    Object[] now = in.toArray();
    return (NodeProcess) now[ThreadLocalRandom.current().nextInt(now.length)];
  }

  boolean has(NodeProcess node) {
    return in.contains(node);
  }

  void out(NodeProcess node) {
    in.remove(node);
  }

  void in(NodeProcess node) {
    in.add(node);
  }
}
