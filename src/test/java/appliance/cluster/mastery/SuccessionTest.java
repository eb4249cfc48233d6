package appliance.cluster.mastery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.raft.Consensus;
import appliance.cluster.state.ClusterState;
import appliance.cluster.state.Command;
import appliance.cluster.state.Entry;
import appliance.cluster.state.Mastership;
import appliance.cluster.state.OperatorAct;
import appliance.cluster.state.OperatorCommand;
import appliance.cluster.state.Outcome;
import appliance.cluster.state.Standing;
import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.Fingerprint;
import appliance.model.GtidPosition;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.model.ReplicaProgress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who becomes master after {@code a}, which is gone: {@code b} is older than {@code c}. */
final class SuccessionTest {

  private static final UUID RUN = new UUID(9, 9);

  /**
   * The state of the replica of b and of c, {@code STATE POSITION [PRIORITY]}, who is master at once, and
   * who when it has been waited long enough; - is nobody.
   */
  @ParameterizedTest(name = "[{index}] {0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "the eldest of equals           | 0-1-9 | LEVEL 0-1-9         | LEVEL 0-1-9         | b | b",
        "no database at all             |       | NONE                | NONE                | b | b",
        "no database, by priority       |       | NONE                | NONE 200            | c | c",
        "the only one with all          | 0-1-9 | FOLLOWING 0-1-8     | FOLLOWING 0-1-9     | c | c",
        "with all, whatever priority    | 0-1-9 | FOLLOWING 0-1-8 999 | FOLLOWING 0-1-9     | c | c",
        "the most advanced of those     | 0-1-9 | FOLLOWING 0-1-9     | FOLLOWING 0-1-12    | c | c",
        "priority among those with all  | 0-1-9 | FOLLOWING 0-1-9 200 | FOLLOWING 0-1-12    | b | b",
        "one that stopped with all      | 0-1-9 | FOLLOWING 0-1-8     | STOPPED 0-1-9       | c | c",
        "all, but of another domain     | 0-1-9 | FOLLOWING 7-1-20    | FOLLOWING 0-1-9     | c | c",
        "nobody yet, both follow        | 0-1-9 | FOLLOWING 0-1-8     | FOLLOWING 0-1-7     | - | -",
        "nobody, both have stopped      | 0-1-9 | STOPPED 0-1-8       | STOPPED 0-1-7       | - | -",
        "one lags, one has stopped      | 0-1-9 | FOLLOWING 0-1-8     | STOPPED 0-1-8       | - | -",
        "the database was set back      | 0-1-9 | LEVEL 0-1-3         | LEVEL 0-1-3         | - | b",
        "one lags, one has all there is | 0-1-9 | FOLLOWING 0-1-3     | LEVEL 0-1-4         | - | c",
        "level before cut off           | 0-1-9 | CUT_OFF 0-1-8       | LEVEL 0-1-4         | - | c",
        "the database is gone           | 0-1-9 | CUT_OFF 0-1-7       | CUT_OFF 0-1-8       | - | c",
        "gone, and by priority          | 0-1-9 | CUT_OFF 0-1-7 200   | CUT_OFF 0-1-8       | - | b",
        "gone, but one has it all       | 0-1-9 | CUT_OFF 0-1-9       | CUT_OFF 0-1-8 200   | b | b",
        "gone for one, the other lags   | 0-1-9 | CUT_OFF 0-1-8       | FOLLOWING 0-1-7     | - | -",
        "gone for one, the other stopped| 0-1-9 | CUT_OFF 0-1-7       | STOPPED 0-1-8       | - | b",
        "not a word from either         | 0-1-9 | -                   | -                   | - | b",
        "not a word from the elder      | 0-1-9 | -                   | LEVEL 0-1-9         | c | c",
        "a master without a database    |       | FOLLOWING 0-1-3     | FOLLOWING 0-1-8     | c | c",
        "the others have no database    | 0-1-9 | NONE                | NONE                | - | b",
        "one has none, the other stopped| 0-1-9 | NONE                | STOPPED 0-1-8       | - | b",
      })
  void the_next_master_is(
      String why,
      @Nullable String acknowledged,
      String ofB,
      String ofC,
      String atOnce,
      String atLast) {
    Situation now = situation(acknowledged == null ? "" : acknowledged, Map.of("b", ofB, "c", ofC));
    assertEquals(atOnce, name(now.succession(true)), "at once");
    assertEquals(atLast, name(now.succession(false)), "at last");
    assertEquals(atLast.equals("-"), !now.succession(false).refusal().isEmpty());
  }

  @Test
  void a_refusal_names_what_is_missing_and_where_each_is_and_what_to_do() {
    String refusal = situation("0-1-9", Map.of("b", "FOLLOWING 0-1-8", "c", "STOPPED 0-1-7"))
        .succession(false)
        .refusal();
    assertTrue(refusal.contains("all that the last master had (0-1-9)"), refusal);
    assertTrue(refusal.contains("b is at 0-1-8 and follows"), refusal);
    assertTrue(refusal.contains("c has stopped at 0-1-7"), refusal);
    assertTrue(refusal.contains("promote NODE --force"), refusal);
  }

  @Test
  void a_refusal_is_in_the_view_and_nobody_is_master_until_an_operator_says_so() {
    Map<String, String> replicas = Map.of("b", "FOLLOWING 0-1-8", "c", "STOPPED 0-1-7");
    Situation now = situation("0-1-9", replicas);
    assertTrue(now.view("test", Lease.Stage.NONE, true).vacancy().contains("0-1-9"));
    Command force = new OperatorCommand.Promote(
        now.state().mastership().epoch(), id("c"), OperatorAct.now("promoted", "b", ""));
    Outcome outcome = force.apply(now.state());
    assertEquals("", outcome.refusal());
    assertTrue(outcome.state().mastership().heldBy(id("c")));
    assertTrue(outcome.state().history().last().orElse("").startsWith("promoted on b"));
  }

  @Test
  void whom_an_operator_wishes_for_comes_first_but_not_with_something_missing() {
    Map<String, String> level = Map.of("b", "LEVEL 0-1-9", "c", "LEVEL 0-1-9");
    assertEquals("c", name(draining("0-1-9", level).succession(true)));
    Map<String, String> behind = Map.of("b", "LEVEL 0-1-9", "c", "FOLLOWING 0-1-8");
    assertEquals("b", name(draining("0-1-9", behind).succession(true)));
  }

  private static NodeId id(String name) {
    return new NodeId(new UUID(0, name.charAt(0)));
  }

  private static String name(Succession succession) {
    return succession.next().map(Entry::name).orElse("-");
  }

  /** The present master hands over to c. */
  private static Situation draining(String acknowledged, Map<String, String> replicas) {
    Situation now = situation(acknowledged, replicas);
    Mastership told = now.state().mastership().draining(Optional.of(id("c")));
    return new Situation(
        now.self(), now.state().with(told), now.progress(), now.reachable(), now.replicas());
  }

  private static Situation situation(String acknowledged, Map<String, String> replicas) {
    Map<NodeId, ReplicaProgress> progress = new HashMap<>();
    Map<NodeId, UUID> reachable = new HashMap<>();
    ClusterState state = ClusterState.EMPTY.with(entry("a", 0));
    for (String name : List.of("b", "c")) {
      String[] words = replicas.getOrDefault(name, "-").split(" ", -1);
      boolean prioritised = words[words.length - 1].matches("\\d+");
      state = state.with(entry(name, prioritised ? Integer.parseInt(words[words.length - 1]) : 0));
      reachable.put(id(name), RUN);
      if (!words[0].equals("-")) {
        String position = words.length > 1 && words[1].contains("-") ? words[1] : "";
        progress.put(
            id(name),
            new ReplicaProgress(
                ReplicaProgress.State.valueOf(words[0]), GtidPosition.parse(position)));
      }
    }
    Mastership last = new Mastership(
        new Epoch(1),
        Optional.of(id("a")),
        Mastership.Phase.ACTIVE,
        true,
        Optional.empty(),
        GtidPosition.parse(acknowledged));
    Set<NodeId> voters = Set.of(id("a"), id("b"), id("c"));
    return new Situation(
        id("b"),
        state.with(last),
        new Consensus.Progress("Leader", 1, 1, 1, Optional.of(id("b")), voters),
        reachable,
        progress);
  }

  private static Entry entry(String name, int priority) {
    HostPort address = new HostPort("10.0.0.1", 7800);
    Endpoints endpoints = new Endpoints(address, address, address, address, Optional.empty());
    Fingerprint key = new Fingerprint((name + "0").repeat(32));
    long order = name.charAt(0);
    return new Entry(id(name), name, endpoints, 1, RUN, order, priority, Standing.ACTIVE, key);
  }
}
