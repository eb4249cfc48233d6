package appliance.testing;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Three nodes on the loopback, each with an application and a media folder of its own. */
public final class TestCluster {

  public static final int SIZE = 3;

  private final List<NodeProcess> nodes = new ArrayList<>();
  private final List<TestApp> apps = new ArrayList<>();

  /** Builds the cluster without starting its nodes; {@code more} adds to each node's settings. */
  public TestCluster(Scenario scenario, UnaryOperator<NodeSettings> more) {
    List<NodeSettings> plain = new ArrayList<>();
    for (int i = 1; i <= SIZE; i++) {
      plain.add(NodeSettings.of("node" + i, scenario.folder("node" + i)));
    }
    for (NodeSettings settings : plain) {
      TestApp app = scenario.owns(new TestApp("app-" + settings.name()).start());
      apps.add(app);
      NodeSettings full = settings
          .withPeers(plain)
          .with("--app", app.url().toString())
          .with("--app-health-path", TestApp.HEALTH_PATH)
          .with("--media", settings.media().toString());
      nodes.add(scenario.owns(new NodeProcess(more.apply(full))));
    }
  }

  /** Starts all nodes at once and waits until they agree. */
  public TestCluster start() {
    nodes.forEach(NodeProcess::start);
    awaitAllActive();
    return this;
  }

  public List<NodeProcess> nodes() {
    return nodes;
  }

  public NodeProcess node(int index) {
    return nodes.get(index);
  }

  public NodeProcess node(String name) {
    return nodes.stream().filter(node -> node.name().equals(name)).findFirst().orElseThrow();
  }

  /** The application beside {@code node}. */
  public TestApp appOf(NodeProcess node) {
    return apps.get(nodes.indexOf(node));
  }

  public List<NodeProcess> others(NodeProcess node) {
    return nodes.stream().filter(other -> other != node).toList();
  }

  /** Where the public reaches each of {@code some}. */
  public static List<Integer> httpPorts(List<NodeProcess> some) {
    return some.stream().map(node -> node.settings().httpPort()).toList();
  }

  /** The master on which all running nodes agree. */
  public NodeProcess master() {
    return node(awaitOneMaster(nodes.stream().filter(NodeProcess::isAlive).toList()));
  }

  /** The machine dies: its node by SIGKILL, its application with it. */
  public void crash(NodeProcess node) {
    node.kill9();
    appOf(node).close();
  }

  /** The machine comes back with the folders it had. */
  public void revive(NodeProcess node) {
    appOf(node).start();
    node.start();
  }

  /** Waits until every node sees every node active and every application healthy. */
  public void awaitAllActive() {
    for (NodeProcess node : nodes) {
      Await.until(node.name() + " sees three active members", Await.DEADLINE, node::status, () -> {
        if (!node.isAlive()) {
          throw new IllegalStateException(node.name() + " ended by itself");
        }
        return activeAndHealthy(node.status()) == SIZE;
      });
    }
    awaitOneMaster(nodes);
  }

  private static long activeAndHealthy(JsonObject status) {
    long count = 0;
    for (JsonElement element : status.getAsJsonArray("members")) {
      JsonObject member = element.getAsJsonObject();
      boolean healthy = member.getAsJsonObject("app").get("healthy").getAsBoolean();
      count += healthy && "ACTIVE".equals(member.get("state").getAsString()) ? 1 : 0;
    }
    return count;
  }

  /** Waits until all of {@code some} name the same living node as master, and returns its name. */
  public String awaitOneMaster(List<NodeProcess> some) {
    Set<String> seen = new HashSet<>();
    Await.until("one master for all", Await.DEADLINE, () -> seen, () -> {
      seen.clear();
      seen.addAll(masters(some));
      return seen.size() == 1 && node(seen.iterator().next()).isAlive();
    });
    return seen.iterator().next();
  }

  private static List<String> masters(List<NodeProcess> some) throws IOException {
    List<String> masters = new ArrayList<>();
    for (NodeProcess node : some) {
      masters.add(node.master());
    }
    return masters;
  }
}
