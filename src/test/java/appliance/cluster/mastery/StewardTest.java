package appliance.cluster.mastery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.raft.Consensus;
import appliance.cluster.raft.Timing;
import appliance.cluster.state.ClusterCommand;
import appliance.cluster.state.ClusterState;
import appliance.cluster.state.Command;
import appliance.cluster.state.Entry;
import appliance.cluster.state.MasterCommand;
import appliance.cluster.state.MemberCommand;
import appliance.cluster.state.Standing;
import appliance.cluster.state.TrustCommand;
import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.Fingerprint;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.testing.Await;
import appliance.testing.LogLines;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a leader does, on a log that may lose what it is told. */
final class StewardTest {

  private static final NodeId A = new NodeId(new UUID(1, 1));
  private static final NodeId B = new NodeId(new UUID(2, 2));
  private static final UUID CLUSTER = new UUID(3, 3);
  private static final UUID RUN = new UUID(9, 1);

  private static final long STUCK = Timing.SAFE.stuck().toNanos();
  private static final long LOOK = 100_000_000; // STUCK is a multiple of it

  private final AtomicLong clock = new AtomicLong();
  private final AtomicLong renewed = new AtomicLong();
  private final Lost consensus = new Lost();
  private final Steward steward =
      new Steward(() -> new ClusterCommand.Found(CLUSTER), Timing.SAFE, clock::get, renewed::get);
  private final Map<NodeId, UUID> reachable = new HashMap<>(Map.of(A, RUN, B, RUN));
  private ClusterState state = ClusterState.EMPTY;
  private long index = 1;
  private boolean stands;
  private Set<NodeId> voters = Set.of(A);

  @Test
  void a_change_of_the_voters_that_is_lost_keeps_nobody_from_becoming_master() throws Exception {
    apply(new ClusterCommand.Found(CLUSTER));
    Entry witness = entry(B).with(Standing.WITNESS); // may have a vote, but never be master
    for (Entry entry : List.of(entry(A), witness)) {
      apply(new TrustCommand.Admit(entry.key(), entry.name()));
      apply(new MemberCommand.Announce(entry, Optional.empty()));
    }
    consensus.losesVotes = true;
    steward.tick(leading(), consensus); // it leads from here on
    steward.tick(leading(), consensus);
    assertEquals(List.of(B), consensus.votes);

    apply(new MemberCommand.Ready(A, RUN));
    Await.until("a master", () -> {
      steward.tick(leading(), consensus);
      return consensus.said.contains(new MasterCommand.Assign(Epoch.NONE, A));
    });
    apply(new MasterCommand.Assign(Epoch.NONE, A));
    steward.tick(leading(), consensus);
    assertEquals(List.of(B, B), consensus.votes, "tried again, after the master");
  }

  @Test
  void a_change_of_the_voters_that_is_lost_keeps_no_silent_master() {
    memberships(B);
    voters = Set.of(A);
    consensus.losesVotes = true;
    waits(0); // it leads from here on
    waits(0);
    assertEquals(List.of(B), consensus.votes);
    clock.addAndGet(Timing.SAFE.idle().toNanos() + 1);
    steward.tick(leading(), consensus);
    assertEquals(List.of(new ClusterCommand.Beat()), consensus.said, "the log goes on");
  }

  @Test
  void a_leader_whose_log_is_idle_writes_so_that_everyone_hears_of_it() {
    apply(new ClusterCommand.Found(CLUSTER));
    steward.tick(leading(), consensus);
    assertEquals(List.of(new ClusterCommand.Beat()), consensus.said, "at once");
    steward.tick(leading(), consensus);
    clock.addAndGet(Timing.SAFE.idle().toNanos() + 1);
    steward.tick(leading(), consensus);
    assertEquals(
        List.of(new ClusterCommand.Beat(), new ClusterCommand.Beat()), consensus.said, "again");
  }

  @Test
  void who_leads_again_does_not_wait_for_what_was_lost_when_it_led_before() {
    apply(new ClusterCommand.Found(CLUSTER));
    steward.tick(leading(), consensus);
    consensus.losesAll = true;
    clock.addAndGet(Timing.SAFE.idle().toNanos() + 1);
    steward.tick(leading(), consensus);
    steward.tick(standing(index), consensus);
    consensus.losesAll = false;
    steward.tick(leading(), consensus);
    consensus.said.clear();
    clock.addAndGet(1);
    steward.tick(leading(), consensus);
    assertEquals(List.of(new ClusterCommand.Beat()), consensus.said);
  }

  @Test
  void a_log_that_stands_still_although_a_majority_is_there_makes_a_new_election() {
    Situation stuck = standing(1);
    steward.tick(stuck, consensus);
    clock.addAndGet(Timing.SAFE.stuck().toNanos());
    steward.tick(stuck, consensus);
    assertEquals(0, consensus.elections);
    clock.addAndGet(1);
    steward.tick(stuck, consensus);
    assertEquals(1, consensus.elections);
  }

  @Test
  void a_log_that_stands_still_for_long_is_told_with_what_to_do() {
    try (LogLines told = LogLines.of(LogWatch.class)) {
      for (int asked = 0; asked < 6; asked++) {
        clock.addAndGet(Timing.SAFE.stuck().toNanos() + 1);
        assertEquals("", steward.standstill());
        steward.tick(standing(0), consensus);
      }
      assertEquals(6, told.all().size());
      String last = told.all().get(5);
      assertTrue(
          last.contains("says that a majority is missing, start the nodes that it names"), last);
      assertTrue(last.contains("Else a node hangs: restart this one"), last);
      String shown = steward.standstill();
      assertTrue(shown.startsWith("nothing has been agreed on for 21."), shown);
      assertTrue(last.endsWith(shown.substring(shown.indexOf("If another"))), last);
      steward.tick(standing(1), consensus);
      assertEquals("", steward.standstill(), "it goes on");
    }
  }

  @Test
  void a_master_that_is_in_touch_and_does_not_renew_is_replaced() {
    try (LogLines told = LogLines.of(SilentMaster.class)) {
      memberships(B);
      waits(0); // it leads from here on
      waits(STUCK);
      assertEquals(Optional.of(B), master());
      waits(2 * LOOK);
      assertEquals(Optional.of(A), master());
      assertTrue(told.all().get(0).contains("b is in touch, but has not renewed"), told::toString);
      waits(10 * STUCK);
      assertEquals(Optional.of(A), master(), "nobody judges himself");
    }
  }

  @Test
  void a_master_that_renews_stays_and_so_does_one_of_whom_a_new_leader_has_not_heard_for_long() {
    memberships(B);
    clock.addAndGet(10 * STUCK);
    waits(0); // it leads from here on
    for (int i = 0; i < 10; i++) {
      waits(STUCK);
      renewed.set(clock.get());
    }
    assertEquals(Optional.of(B), master());
  }

  @Test
  void a_master_that_is_made_long_after_its_leader_has_begun_has_its_time() {
    members();
    waits(0);
    waits(10 * STUCK);
    assertEquals(Optional.empty(), master());
    apply(new MemberCommand.Ready(B, RUN));
    waits(LOOK);
    assertEquals(Optional.of(B), master());
    apply(new MemberCommand.Ready(A, RUN));
    waits(STUCK / 2);
    assertEquals(Optional.of(B), master());
  }

  @Test
  void a_master_that_comes_back_after_a_cut_has_its_time() {
    memberships(B);
    voters = Set.of(A);
    apply(new MemberCommand.Drain(A)); // nobody else can be it
    waits(0);
    waits(LOOK);
    reachable.remove(B);
    waits(10 * STUCK);
    reachable.put(B, RUN);
    apply(new MemberCommand.Resume(A));
    apply(new MemberCommand.Ready(A, RUN));
    waits(STUCK / 2);
    assertEquals(Optional.of(B), master());
  }

  @Test
  void a_leader_that_was_paused_or_whose_log_is_slow_takes_nobodys_silence_for_his() {
    try (LogLines told = LogLines.of(SilentMaster.class)) {
      memberships(B);
      waits(0);
      waits(STUCK / 2);
      clock.addAndGet(3 * STUCK); // all were, for example
      waits(STUCK / 2);
      renewed.set(clock.get());
      for (int i = 0; i < 10; i++) {
        stands = true;
        waits(STUCK / 2 + LOOK);
        stands = false;
        waits(LOOK);
      }
      stands = true;
      waits(10 * STUCK); // its own disk hangs
      assertEquals(List.of(), told.all());
      assertEquals(Optional.of(B), master());
      stands = false;
      waits(STUCK + 2 * LOOK);
      assertEquals(Optional.of(A), master());
    }
  }

  /** Of two active nodes, one of which is master. */
  private void memberships(NodeId master) {
    members();
    apply(new MemberCommand.Ready(A, RUN));
    apply(new MemberCommand.Ready(B, RUN));
    apply(new MasterCommand.Assign(Epoch.NONE, master));
  }

  private void members() {
    apply(new ClusterCommand.Found(CLUSTER));
    for (Entry entry : List.of(entry(A), entry(B))) {
      apply(new TrustCommand.Admit(entry.key(), entry.name()));
      apply(new MemberCommand.Announce(entry, Optional.empty()));
    }
    voters = Set.of(A, B);
  }

  /** Lets time pass for the leader, look by look, while the log goes on unless it {@link #stands}. */
  private void waits(long nanos) {
    for (long end = clock.get() + nanos; ; clock.addAndGet(LOOK)) {
      index += stands ? 0 : 1;
      consensus.said.clear();
      steward.tick(leading(), consensus);
      consensus.said.stream().filter(MasterCommand.Assign.class::isInstance).forEach(this::apply);
      if (clock.get() >= end) {
        return;
      }
    }
  }

  private Optional<NodeId> master() {
    return state.mastership().holder();
  }

  private Situation standing(long index) {
    Consensus.Progress nobody =
        new Consensus.Progress("Follower", 1, index, index, Optional.empty(), Set.of(A, B));
    return new Situation(A, state, nobody, Map.of(A, RUN, B, RUN));
  }

  private void apply(Command command) {
    state = command.apply(state).state();
  }

  private Situation leading() {
    Consensus.Progress progress =
        new Consensus.Progress("Leader", 1, index, index, Optional.of(A), voters);
    return new Situation(A, state, progress, Map.copyOf(reachable));
  }

  private static Entry entry(NodeId id) {
    HostPort address = new HostPort("10.0.0.1", 7800);
    Endpoints endpoints = new Endpoints(address, address, address, address, Optional.empty());
    String name = id.equals(A) ? "a" : "b";
    Fingerprint key = new Fingerprint((name + "0").repeat(32));
    return new Entry(id, name, endpoints, 1, RUN, 0, 0, Standing.JOINING, key);
  }

  /** A log that agrees to every command, and may lose a change of the voters. */
  private static final class Lost extends SilentLog {
    private final List<Command> said = new ArrayList<>();
    private final List<NodeId> votes = new ArrayList<>();
    private boolean losesVotes;
    private boolean losesAll;
    private int elections;

    @Override
    public CompletionStage<String> submit(byte[] command) {
      try {
        said.add(Command.decode(command));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      return losesAll ? super.submit(command) : CompletableFuture.completedFuture("");
    }

    @Override
    public CompletionStage<Void> addVoter(NodeId id) {
      votes.add(id);
      return losesVotes ? super.addVoter(id) : CompletableFuture.completedFuture(null);
    }

    @Override
    public void unblock(int asked) {
      elections++;
    }
  }
}
