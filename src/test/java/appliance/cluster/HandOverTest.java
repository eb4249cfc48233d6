package appliance.cluster;

import static appliance.cluster.Lab.awaitWhole;
import static appliance.cluster.Lab.done;
import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.cluster.state.Mastership;
import appliance.model.ClusterView;
import appliance.model.Epoch;
import appliance.testing.Await;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What three real nodes acknowledge, all at the same time, while the mastership goes round. */
final class HandOverTest {

  private static final int WANTED = 4;

  /** On a machine that is busy with other things some take too long to be in order. */
  private static final int HANDOVERS_MAX = 40;

  private static final int WRITERS_PER_NODE = 2;

  @RegisterExtension
  final Lab lab = new Lab("test");

  private final Collection<Ack> acks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean over = new AtomicBoolean();

  /** A write that was acknowledged, at this moment of the one clock that all nodes here have. */
  private record Ack(Epoch epoch, long nanos, boolean master) {}

  @Test
  void in_a_handover_every_node_has_stopped_before_the_next_epoch_begins() throws Exception {
    List<Cluster> nodes = List.of(lab.start("a"), lab.start("b"), lab.start("c"));
    awaitWhole(nodes.toArray(new Cluster[0]));
    List<Thread> writers = writers(nodes);
    Set<Epoch> inOrder = new HashSet<>();
    for (int i = 0; i < HANDOVERS_MAX && inOrder.size() < WANTED; i++) {
      Await.until("all are at it", () -> kinds(epoch(nodes)) == 2);
      Epoch before = epoch(nodes);
      Await.until("agreed on", () -> {
        done(nodes.get(0).operations().handover(Optional.empty()));
        return true;
      });
      Await.until(
          "the next",
          () -> nodes.stream().allMatch(node -> node.views().get().epoch().compareTo(before) > 0));
      Mastership next = nodes.get(0).situation().state().mastership();
      if (next.handedOver()) {
        inOrder.add(next.epoch());
      }
    }
    over.set(true);
    for (Thread writer : writers) {
      writer.join(TimeUnit.MINUTES.toMillis(1));
    }
    assertEquals(WANTED, inOrder.size(), "in order");
    for (Epoch epoch : new HashSet<>(acks.stream().map(Ack::epoch).toList())) {
      assertBegins(epoch);
    }
  }

  private static Epoch epoch(List<Cluster> nodes) {
    return nodes.get(0).views().get().epoch();
  }

  /** Two if the master and others have acknowledged in that epoch. */
  private long kinds(Epoch epoch) {
    return acks.stream()
        .filter(ack -> ack.epoch.equals(epoch))
        .map(Ack::master)
        .distinct()
        .count();
  }

  /** No one acknowledges in an earlier epoch once anybody does in this one, in order or not. */
  private void assertBegins(Epoch epoch) {
    long begins = acks.stream()
        .filter(ack -> ack.epoch.equals(epoch))
        .mapToLong(Ack::nanos)
        .min()
        .orElse(Long.MAX_VALUE);
    List<Long> late = acks.stream()
        .filter(ack -> ack.epoch.compareTo(epoch) < 0 && ack.nanos > begins)
        .map(ack -> (ack.nanos - begins) / 1_000_000)
        .toList();
    assertEquals(List.of(), late, "milliseconds too late for epoch " + epoch);
  }

  private List<Thread> writers(List<Cluster> nodes) {
    List<Thread> writers = new ArrayList<>();
    for (Cluster node : nodes) {
      for (int i = 0; i < WRITERS_PER_NODE; i++) {
        Random random = new Random(writers.size());
        Thread writer = new Thread(() -> {
          while (!over.get()) {
            write(node, random);
          }
        });
        writer.start();
        writers.add(writer);
      }
    }
    return writers;
  }

  /** As the edge does it. What other nodes have begun goes on longer than what the master waits for of its own. */
  private void write(Cluster node, Random random) {
    ClusterView view = node.views().get();
    Epoch epoch = view.epoch();
    boolean master = view.isMaster();
    boolean begun = master
        ? !node.lease().begin().equals(Epoch.NONE)
        : view.master().isPresent() && node.attendance().begin(epoch);
    pause(1 + random.nextInt(master ? 5 : 250));
    if (begun) {
      long nanos = System.nanoTime(); // before the look, which may be later, and after it has begun
      boolean stands = master ? node.lease().stands(epoch) : node.attendance().confirms(epoch);
      if (stands) {
        acks.add(new Ack(epoch, nanos, master));
      }
      if (master) {
        node.lease().end();
      } else {
        node.attendance().end();
      }
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
