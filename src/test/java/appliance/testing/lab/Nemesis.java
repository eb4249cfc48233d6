package appliance.testing.lab;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Breaks a cluster at random, the same way for the same seed, and mends it again. */
final class Nemesis {

  private final LabCluster cluster;
  private final Disks disks;
  private final Random random;
  private final Consumer<String> tell;
  private final Operators operators;
  private final Set<LabNode> filled = new LinkedHashSet<>();

  /** One kind of harm. */
  @FunctionalInterface
  private interface Harm {
    void doIt();
  }

  Nemesis(LabCluster cluster, Disks disks, long seed, Consumer<String> tell) {
    this.cluster = cluster;
    this.disks = disks;
    random = new Random(seed);
    this.tell = tell;
    operators = new Operators(cluster, random, tell);
  }

  /** Does one kind of harm, often at a second one at the same time, waits, and mends all. */
  void strike() {
    if (random.nextInt(12) == 0 && operators.mayRenew()) {
      operators.renew(victim());
    } else {
      harm().doIt();
      if (random.nextInt(3) == 0) {
        pause(random.nextInt(1500));
        harm().doIt();
      }
    }
    pause(500 + random.nextInt(7_000));
    mend();
    pause(500 + random.nextInt(4_000));
  }

  private Harm harm() {
    List<Harm> all = List.of(
        this::kill,
        this::kill,
        this::stop,
        this::stop,
        this::split,
        this::oneWay,
        this::ring,
        this::isolate,
        this::unplug,
        this::quickRestart,
        this::terminate,
        this::fillDisk,
        this::hangDisk,
        this::coldStart,
        operators::handOver,
        () -> operators.drain(victim()),
        () -> operators.drainAndResume(victim()),
        () -> operators.drainAndResume(cluster.master()),
        () -> operators.promote(victim()),
        () -> operators.killAsItJoins(victim()));
    return all.get(random.nextInt(all.size()));
  }

  /** Half of the time the one that writes now. */
  private LabNode victim() {
    return random.nextBoolean()
        ? cluster.master()
        : cluster.nodes().get(random.nextInt(cluster.nodes().size()));
  }

  private void kill() {
    LabNode node = victim();
    tell.accept("kill -9 " + node.name());
    node.kill();
  }

  private void stop() {
    LabNode node = victim();
    int seconds = List.of(1, 3, 10).get(random.nextInt(3));
    tell.accept("SIGSTOP " + node.name() + " for " + seconds + " s");
    node.pause();
    pause(seconds * 1000L);
    node.go();
  }

  private List<Integer> shuffled() {
    List<Integer> hosts =
        new ArrayList<>(cluster.nodes().stream().map(LabNode::host).toList());
    Collections.shuffle(hosts, random);
    return hosts;
  }

  private void split() {
    List<Integer> hosts = shuffled();
    int size = 1 + random.nextInt(hosts.size() - 1);
    String one = words(hosts.subList(0, size));
    String other = words(hosts.subList(size, hosts.size()));
    tell.accept("split " + one + " | " + other);
    cluster.hosts().lab("split", one, other);
  }

  private static String words(List<Integer> hosts) {
    return hosts.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  private void oneWay() {
    List<Integer> hosts = shuffled();
    tell.accept("one-way loss " + hosts.get(0) + " -> " + hosts.get(1));
    cluster.hosts().lab("oneway", hosts.get(0) + "", hosts.get(1) + "");
  }

  /** Each node loses one neighbour: no two sides, but no full view either. */
  private void ring() {
    List<Integer> hosts = shuffled();
    int cuts = hosts.size() == 3 ? 1 : hosts.size();
    for (int i = 0; i < cuts; i++) {
      String one = hosts.get(i) + "";
      String other = hosts.get((i + 1) % hosts.size()) + "";
      tell.accept("cut " + one + " - " + other);
      cluster.hosts().lab("cut", one, other);
    }
  }

  private void isolate() {
    int host = victim().host();
    tell.accept("isolate " + host);
    cluster.hosts().lab("isolate", host + "");
  }

  private void unplug() {
    int host = victim().host();
    tell.accept("unplug " + host);
    cluster.hosts().lab("unplug", host + "");
  }

  private void quickRestart() {
    LabNode node = victim();
    tell.accept("kill -9 and start " + node.name());
    node.kill();
    node.start();
  }

  private void terminate() {
    LabNode node = victim();
    tell.accept("SIGTERM " + node.name() + ", exit code " + node.terminate());
  }

  private void fillDisk() {
    LabNode node = victim();
    tell.accept("full disk of " + node.name());
    disks.fill(node.host());
    filled.add(node);
  }

  /** As {@link #stop}: over when this returns, for who kills what waits for a disk would wait as well. */
  private void hangDisk() {
    LabNode node = victim();
    int seconds = List.of(2, 8, 20).get(random.nextInt(3));
    tell.accept("hung disk of " + node.name() + " for " + seconds + " s");
    disks.hang(node.host());
    pause(seconds * 1000L);
    disks.goOn(node.host());
  }

  private void coldStart() {
    tell.accept("power loss of all");
    cluster.nodes().forEach(LabNode::kill);
    for (int host : shuffled()) {
      cluster.node(host).start();
      pause(random.nextInt(1_000));
    }
  }

  void mend() {
    tell.accept("mend");
    cluster.hosts().lab("heal");
    disks.free();
    filled.forEach(
        LabNode::kill); // one that could not write has left for good, and says to start it again
    filled.clear();
    cluster.nodes().forEach(LabNode::go);
    cluster.nodes().forEach(LabNode::start);
    operators.mend();
  }

  private void pause(long millis) {
    LabCluster.sleep(millis);
  }
}
