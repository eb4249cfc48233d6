package appliance.cluster;

import static appliance.cluster.Lab.awaitWhole;
import static appliance.cluster.Lab.done;
import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.cluster.raft.Consensus;
import appliance.cluster.raft.Deafness;
import appliance.model.NodeId;
import appliance.testing.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A member that shows signs of life, but hears nothing any more. */
final class DeafNodeTest {

  /** As much as a member may leave unread, many times over: all of it is sent again and again. */
  private static final int WRITES = 60;

  private static final String VALUE = "x".repeat(16_000);

  /** Between two looks, which are a second apart else; an answer comes in less. */
  private static final long PAUSE_MILLIS = 50;

  /** More than it takes the last of four members to find itself deaf. */
  private static final int LOOKS = Deafness.looksMax(4) + 10;

  @RegisterExtension
  final Lab lab = new Lab("test");

  private final List<Cluster> nodes = new ArrayList<>();
  private final List<String> deaf = new CopyOnWriteArrayList<>();

  private void start(String... names) {
    for (String name : names) {
      Cluster node = lab.node(name);
      node.onRestart(code -> deaf.add(name));
      nodes.add(Lab.up(node));
    }
    awaitWhole(nodes.toArray(Cluster[]::new));
  }

  private Consensus consensus(int node) {
    return nodes.get(node).openSession().orElseThrow().consensus();
  }

  private void settle() throws InterruptedException {
    for (int node = 0; node < nodes.size(); node++) {
      Deafness.settle(consensus(node));
    }
    Thread.sleep(40 * PAUSE_MILLIS); // each has heard of the others once more by then
  }

  /** All look, again and again. */
  private void look(int times, BooleanSupplier over) throws InterruptedException {
    for (int i = 0; i < times && !over.getAsBoolean(); i++) {
      for (int node = 0; node < nodes.size(); node++) {
        Deafness.look(consensus(node));
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  /** An answer that comes later than the next look has a node begin to count anew. */
  private void lookUntilDeaf() throws InterruptedException {
    look(20 * LOOKS, () -> !deaf.isEmpty());
  }

  private void lookOn() throws InterruptedException {
    look(LOOKS, () -> false);
  }

  @Test
  void it_keeps_nobody_from_writing() {
    start("a", "b", "c");
    Deafness.strike(consensus(2));
    for (int i = 0; i < WRITES; i++) {
      done(nodes.get(0).operations().set("key", i + VALUE));
    }
    assertEquals(
        3, nodes.get(0).situation().reachable().size(), "it is among the others all the time");
  }

  @Test
  void it_calls_no_election_for_what_it_does_not_hear() throws Exception {
    start("a", "b", "c");
    settle();
    Deafness.strike(consensus(2));
    look(5, () -> false);
    long term = term(0);
    for (int asked = 2; asked <= 3; asked++) { // its log stands still
      consensus(2).unblock(asked);
    }
    Thread.sleep(40 * PAUSE_MILLIS);
    done(nodes.get(0).operations().set("key", "value"));
    assertEquals(term, term(0));
  }

  @Test
  void the_others_elect_another_one_where_the_one_that_elects_and_leads_is_deaf() throws Exception {
    start("a", "b", "c");
    settle();
    Deafness.strike(consensus(0));
    look(5, () -> false);
    Await.until(
        "another one leads", () -> leader(1).equals(leader(2)) && !leader(1).equals(a()));
    done(nodes.get(1).operations().set("key", "value"));
    long term = term(1);
    consensus(0).unblock(1); // its log stands still, and it is the first
    Thread.sleep(40 * PAUSE_MILLIS);
    done(nodes.get(1).operations().set("key", "another"));
    assertEquals(term, term(1));
  }

  private Optional<NodeId> a() {
    return Optional.of(nodes.get(0).situation().self());
  }

  private Optional<NodeId> leader(int node) {
    return consensus(node).progress().leader();
  }

  private long term(int node) {
    return consensus(node).progress().term();
  }

  @Test
  void it_alone_finds_out_and_says_so() throws Exception {
    start("a", "b", "c");
    settle();
    Deafness.strike(consensus(2));
    lookUntilDeaf();
    assertEquals(List.of("c"), deaf);
    assertEquals("true", Lab.told(nodes.get(2), "deaf"));
    assertEquals("false", Lab.told(nodes.get(0), "deaf"));
  }

  @Test
  void the_one_that_elects_and_leads_finds_out_as_well_and_no_other() throws Exception {
    start("a", "b", "c");
    settle();
    Deafness.strike(consensus(0));
    lookUntilDeaf();
    lookOn();
    assertEquals(List.of("a"), deaf);
  }

  @Test
  void one_that_the_others_view_does_not_reach_finds_out_as_well() throws Exception {
    start("a", "b", "c", "d");
    settle();
    Deafness.missViews(consensus(2));
    nodes.remove(3).close();
    lookUntilDeaf();
    assertEquals(List.of("c"), deaf);
  }

  @Test
  void who_is_cut_off_is_not_deaf() throws Exception {
    start("a", "b", "c");
    settle();
    Deafness.cutOff(consensus(2));
    Await.until("it is alone", () -> nodes.get(2).situation().reachable().size() == 1);
    lookOn();
    assertEquals(List.of(), deaf);
  }

  @Test
  void whom_those_of_an_earlier_version_do_not_answer_is_not_deaf() throws Exception {
    start("a", "b");
    Deafness.age(consensus(0));
    Deafness.age(consensus(1));
    start("c");
    List<Cluster> old = List.of(nodes.remove(0), nodes.remove(0));
    settle();
    Deafness.strike(consensus(0));
    lookOn();
    assertEquals(List.of(), deaf);
    done(old.get(0).operations().set("key", "value"));
  }
}
