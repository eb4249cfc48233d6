package appliance.cluster.mastery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.raft.Consensus;
import appliance.cluster.raft.Timing;
import appliance.cluster.state.ClusterState;
import appliance.cluster.state.Command;
import appliance.cluster.state.Entry;
import appliance.cluster.state.Mastership;
import appliance.cluster.state.Standing;
import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.Fingerprint;
import appliance.model.GtidPosition;
import appliance.model.HostPort;
import appliance.model.NodeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** How a node begins to be master and how it lets go, on a clock that the test moves. */
final class MasteryTest {

  private static final long MILLI = 1_000_000;
  private static final NodeId OLD = new NodeId(new UUID(1, 1));
  private static final NodeId SELF = new NodeId(new UUID(2, 2));
  private static final UUID RUN = new UUID(9, 1);
  private static final Epoch FIVE = new Epoch(5);
  private static final Epoch SIX = new Epoch(6);
  private static final long GRACE = Timing.FAST.grace().toNanos();

  private long now = Long.MAX_VALUE - GRACE / 2;
  private final Grants grants = new Grants(() -> now);
  private final Lease lease = new Lease(() -> now);
  private final Agreeing log = new Agreeing();
  private final Mastery mastery =
      new Mastery(lease, Timing.FAST, () -> now, () -> GtidPosition.START, grants::lastBefore);

  private void tick(Mastership mastership) {
    tick(mastership, Standing.ACTIVE);
  }

  private void tick(Mastership mastership, Standing standing) {
    mastery.tick(situation(mastership, standing), log, RUN);
  }

  private ClusterView view(Mastership mastership) {
    return situation(mastership).view("test", lease.stage(), true);
  }

  @Test
  void a_new_master_is_named_at_once_and_writes_when_the_last_lease_has_surely_ended() {
    grants.came(FIVE);
    long renewed = now;
    now += 450 * MILLI; // the last master is dead, and this node was made master
    Mastership taken = after(false);
    assertEquals(Optional.empty(), view(taken).master(), "not before it knows of it itself");
    tick(taken);
    assertEquals(Optional.of(SELF), view(taken).master());
    assertEquals(Optional.empty(), view(taken).writer());
    assertFalse(lease.valid());
    now = renewed + GRACE - 1;
    tick(taken);
    assertFalse(lease.valid());
    now = renewed + GRACE;
    tick(taken);
    assertTrue(lease.valid());
    assertEquals(Optional.of(SELF), view(taken).writer());
  }

  @Test
  void one_that_takes_over_after_the_last_lease_has_ended_does_not_wait_again() {
    grants.came(FIVE);
    now += 2 * GRACE;
    tick(after(false));
    assertTrue(lease.valid());
  }

  @Test
  void its_own_renewals_and_what_others_attend_in_its_epoch_do_not_count() {
    grants.came(FIVE);
    now += 450 * MILLI;
    grants.came(SIX);
    tick(after(false));
    now += GRACE - 450 * MILLI;
    tick(after(false));
    assertTrue(lease.valid());
  }

  @Test
  void one_that_is_cut_off_while_it_waits_is_not_named_when_its_wait_is_over() {
    grants.came(FIVE);
    log.answers = false;
    tick(after(false));
    now += GRACE;
    tick(after(false));
    assertEquals(Optional.empty(), view(after(false)).master());
  }

  @Test
  void after_an_orderly_release_nobody_waits() {
    grants.came(FIVE);
    tick(after(true));
    assertTrue(lease.valid());
  }

  @Test
  void one_that_is_to_let_go_while_it_waits_does_so_when_the_last_lease_has_ended() {
    grants.came(FIVE);
    Mastership draining = after(false).draining(Optional.empty());
    tick(draining); // the very first that it learns of its mastership
    now += GRACE - 1;
    tick(draining);
    assertFalse(log.releases());
    now += 1;
    tick(draining);
    assertTrue(log.releases());
    tick(draining); // the others have not agreed yet
    assertFalse(lease.valid());
    assertEquals(Lease.Stage.NONE, lease.stage());
  }

  @Test
  void one_that_is_resumed_before_it_has_let_go_takes_writes_again() {
    tick(after(true));
    assertEquals(SIX, lease.begin());
    tick(after(true), Standing.DRAINING);
    tick(after(true), Standing.DRAINING);
    assertEquals(Epoch.NONE, lease.begin(), "it finishes what has begun");
    tick(after(true), Standing.JOINING);
    assertEquals(Epoch.NONE, lease.begin());
    tick(after(true), Standing.ACTIVE);
    assertEquals(SIX, lease.begin());
    assertFalse(log.releases());
  }

  @Test
  void one_that_is_resumed_when_it_has_let_go_is_not_master_again_in_that_epoch() {
    tick(after(true));
    log.answers = false; // the release is on its way
    tick(after(true), Standing.DRAINING);
    assertTrue(log.releases());
    log.answers = true;
    tick(after(true), Standing.JOINING);
    tick(after(true), Standing.ACTIVE);
    tick(after(true), Standing.ACTIVE);
    assertEquals(Lease.Stage.NONE, lease.stage(), "when it comes, the next master does not wait");
  }

  @Test
  void one_whose_release_was_lost_says_it_again_although_it_is_resumed() {
    tick(after(true));
    log.loses = true;
    tick(after(true), Standing.DRAINING);
    log.said.clear();
    tick(after(true), Standing.ACTIVE);
    assertTrue(log.releases());
  }

  /** Epoch 6, this node's. */
  private static Mastership after(boolean handedOver) {
    return new Mastership(
        SIX,
        Optional.of(SELF),
        Mastership.Phase.ACTIVE,
        handedOver,
        Optional.empty(),
        GtidPosition.START);
  }

  private static Situation situation(Mastership mastership) {
    return situation(mastership, Standing.ACTIVE);
  }

  private static Situation situation(Mastership mastership, Standing standing) {
    ClusterState state =
        ClusterState.EMPTY.with(entry(SELF).with(standing)).with(entry(OLD)).with(mastership);
    Consensus.Progress progress =
        new Consensus.Progress("Follower", 1, 1, 1, Optional.of(SELF), Set.of(SELF));
    return new Situation(SELF, state, progress, Map.of(SELF, RUN));
  }

  private static Entry entry(NodeId id) {
    HostPort none = new HostPort("127.0.0.1", 0);
    return new Entry(
        id,
        id.equals(SELF) ? "self" : "old",
        new Endpoints(none, none, none, none, Optional.empty()),
        1,
        RUN,
        0,
        100,
        Standing.ACTIVE,
        new Fingerprint((id.equals(SELF) ? "a" : "b").repeat(64)));
  }

  /** A log that agrees to all at once, as long as it answers. */
  private static final class Agreeing extends SilentLog {
    private final List<Command> said = new ArrayList<>();
    private boolean answers = true;
    private boolean loses;

    @Override
    public CompletionStage<String> submit(byte[] command) {
      try {
        said.add(Command.decode(command));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (loses) {
        return CompletableFuture.failedFuture(new TimeoutException("lost"));
      }
      return answers ? CompletableFuture.completedFuture("") : new CompletableFuture<>();
    }

    boolean releases() {
      return said.stream().anyMatch(command -> command.tag() == 22);
    }
  }
}
