package appliance.cluster.mastery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.raft.Consensus;
import appliance.cluster.state.ClusterCommand;
import appliance.cluster.state.ClusterState;
import appliance.cluster.state.Command;
import appliance.cluster.state.Entry;
import appliance.cluster.state.MemberCommand;
import appliance.cluster.state.Standing;
import appliance.cluster.state.TrustCommand;
import appliance.model.Endpoints;
import appliance.model.Fingerprint;
import appliance.model.HostPort;
import appliance.model.NodeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a newcomer says of itself while it reads what has been before it. */
final class PresenceTest {

  private static final NodeId SELF = new NodeId(new UUID(7, 7));
  private static final UUID RUN = new UUID(9, 1);
  private static final long LOOK = Duration.ofMillis(25).toNanos();

  private final AtomicLong clock = new AtomicLong();
  private final AtomicInteger asked = new AtomicInteger();
  private final Presence presence = new Presence(entry(SELF), clock::get);
  private ClusterState state =
      new ClusterCommand.Found(new UUID(3, 3)).apply(ClusterState.EMPTY).state();
  private Optional<NodeId> before = Optional.empty();

  private final SilentLog refusing = new SilentLog() {
    @Override
    public CompletionStage<String> submit(byte[] command) {
      asked.incrementAndGet();
      return CompletableFuture.completedFuture("another node is named n");
    }
  };

  private void look(long nanos) {
    for (long end = clock.get() + nanos; clock.get() < end; clock.addAndGet(LOOK)) {
      Consensus.Progress follows =
          new Consensus.Progress("Follower", 1, 1, 1, Optional.of(SELF), Set.of());
      presence.tick(new Situation(SELF, state, follows, Map.of(SELF, RUN)), refusing);
    }
  }

  /** Another one takes the name in what is read. */
  private void readOn(int number) {
    Entry next = entry(new NodeId(new UUID(1, number)));
    apply(new TrustCommand.Admit(next.key(), next.name()));
    apply(new MemberCommand.Announce(next, before));
    assertEquals(Optional.of(next.id()), state.named("n").map(Entry::id));
    before = Optional.of(next.id());
  }

  private void apply(Command command) {
    state = command.apply(state).state();
  }

  @Test
  void who_reads_that_many_had_its_name_before_it_asks_on() {
    for (int i = 1; i <= 100; i++) {
      readOn(i);
      look(Duration.ofMillis(500).toNanos());
    }
    assertEquals("", presence.refusal());
    assertTrue(asked.get() >= 100, asked + " times");
  }

  @Test
  void who_is_refused_for_two_seconds_with_nothing_new_to_read_gives_up() {
    readOn(1);
    look(Duration.ofMillis(1_900).toNanos());
    assertEquals("", presence.refusal());
    assertTrue(asked.get() <= 40, asked + " entries of the log");
    look(Duration.ofMillis(300).toNanos());
    assertEquals("another node is named n", presence.refusal());
  }

  @Test
  void one_that_was_drained_says_that_it_is_ready_only_once_it_is_so_again() {
    List<Command> said = new ArrayList<>();
    SilentLog agreeing = new SilentLog() {
      @Override
      public CompletionStage<String> submit(byte[] command) {
        Command decoded = decoded(command);
        said.add(decoded);
        apply(decoded);
        return CompletableFuture.completedFuture("");
      }
    };
    look(agreeing);
    presence.ready();
    look(agreeing);
    assertEquals(Optional.of(Standing.ACTIVE), state.member(SELF).map(Entry::standing));
    state = state.with(state.member(SELF).orElseThrow().with(Standing.DRAINED));
    look(agreeing);
    apply(new MemberCommand.Resume(SELF));
    said.clear();
    look(agreeing);
    assertEquals(List.of(), said);

    presence.ready();
    look(agreeing);
    assertEquals(List.of(new MemberCommand.Ready(SELF, RUN)), said);
  }

  private void look(SilentLog log) {
    Consensus.Progress follows =
        new Consensus.Progress("Follower", 1, 1, 1, Optional.of(SELF), Set.of());
    for (int i = 0; i < 3; i++) {
      presence.tick(new Situation(SELF, state, follows, Map.of(SELF, RUN)), log);
    }
  }

  private static Command decoded(byte[] command) {
    try {
      return Command.decode(command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Entry entry(NodeId id) {
    HostPort address = new HostPort("10.0.0.1", 7800);
    Endpoints endpoints = new Endpoints(address, address, address, address, Optional.empty());
    Fingerprint key = new Fingerprint("%064x".formatted(id.value().getLeastSignificantBits()));
    return new Entry(id, "n", endpoints, 1, RUN, 0, 0, Standing.JOINING, key);
  }
}
