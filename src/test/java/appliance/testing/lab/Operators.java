package appliance.testing.lab;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What people do to a cluster by the command line of any node, at the moments that they choose worst. */
final class Operators {

  /** For an operator's two commands to begin one after the other. */
  private static final int QUICK_MILLIS_MAX = 700;

  private static final int JOIN_MILLIS_MAX = 30_000;
  private static final int COMMAND_SECONDS_MAX = 60;

  /** For a machine's former vote to be surely gone before another machine is set up anew. */
  private static final int STRIKES_BETWEEN = 4;

  private final LabCluster cluster;
  private final Random random;

  /** Of its own: how often it is asked depends on what the nodes do. */
  private final Random where;

  private final Consumer<String> tell;
  private final Set<LabNode> drained = new LinkedHashSet<>();
  private int strikes;

  Operators(LabCluster cluster, Random random, Consumer<String> tell) {
    this.cluster = cluster;
    this.random = random;
    where = new Random(random.nextLong());
    this.tell = tell;
  }

  void handOver() {
    any().ifPresent(at -> say("handover, on " + at.name(), at, "handover", "--timeout", "3"));
  }

  void drain(LabNode node) {
    any().ifPresent(at -> {
      drained.add(node);
      say("drain " + node.name() + ", on " + at.name(), at, "drain", node.name());
    });
  }

  /** Both at almost the same time; which comes first is not known. */
  void drainAndResume(LabNode node) {
    any().ifPresent(at -> {
      drained.add(node);
      int pause = random.nextInt(QUICK_MILLIS_MAX);
      tell.accept("drain, and " + pause + " ms later resume, " + node.name() + ", on " + at.name());
      Process drain = cluster.begin(at, "drain", node.name());
      LabCluster.sleep(pause);
      Process resume = cluster.begin(at, "resume", node.name());
      end(drain);
      end(resume);
    });
  }

  /** On another node: that does nothing while there is no majority. */
  void promote(LabNode node) {
    any()
        .filter(at -> !at.equals(node))
        .ifPresent(at -> say(
            "promote " + node.name() + " --force, on " + at.name(),
            at,
            "promote",
            node.name(),
            "--force",
            "--yes"));
  }

  /** Ends it, too, if it does not get in. */
  void killAsItJoins(LabNode node) {
    tell.accept("kill -9 and start " + node.name() + ", and kill -9 as soon as it is in");
    node.kill();
    joinAndKill(node);
  }

  /** Whether a machine may lose all that it has: the others must not need what it had. */
  boolean mayRenew() {
    return strikes >= STRIKES_BETWEEN;
  }

  /** A machine loses all that it had, joins as a new node under its old name, and dies at once. */
  void renew(LabNode node) {
    cluster.awaitWrites(); // nobody else is away
    strikes = 0;
    tell.accept("set up " + node.name() + " anew, and kill -9 as soon as it is in");
    node.kill();
    cluster.forget(node);
    joinAndKill(node);
  }

  private static void joinAndKill(LabNode node) {
    long before = LabCluster.joins(node);
    node.start();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(JOIN_MILLIS_MAX);
    while (LabCluster.joins(node) == before && System.nanoTime() < end) {
      LabCluster.sleep(5);
    }
    node.kill();
  }

  /** Puts back into rotation what was taken out of it; once there is a majority again. */
  void mend() {
    strikes++;
    for (LabNode node : drained) {
      LabCluster.await(
          node.name() + " is resumed",
          () -> any()
              .filter(at -> cluster.command(at, "resume", node.name()) == 0)
              .isPresent());
    }
    drained.clear();
  }

  private void say(String what, LabNode at, String... command) {
    tell.accept(what + ", exit code " + end(cluster.begin(at, command)));
  }

  private static int end(Process command) {
    try {
      if (!command.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS)) {
        return command.destroyForcibly().waitFor();
      }
      return command.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** A node that runs, if there is one. */
  private Optional<LabNode> any() {
    List<LabNode> up =
        new ArrayList<>(cluster.nodes().stream().filter(LabNode::runs).toList());
    Collections.shuffle(up, where);
    return up.stream().findFirst();
  }
}
