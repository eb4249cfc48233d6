package appliance.node;

import appliance.model.ClusterView;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows when no edge of the cluster has a request under way to this node's application, and none can.
 *
 * <p>Each edge tells all others, again and again, which draining members it surely sends nothing new
 * to, and how many requests to each are still running: 24 bytes a member, its id and that number. As
 * such a number never rises, a zero is proof. Silence is not taken for idleness: a member that is up has
 * to have said zero since this drain began.
 */
final class InFlight {

  private static final Logger log = LoggerFactory.getLogger(InFlight.class);

  private static final int ENTRY_BYTES = 24;
  private static final int MEMBERS_MAX = 1_000;

  /** Of an edge that may still send requests. */
  private static final long UNKNOWN = -1;

  private static final long NEWS_NANOS_MAX = 5_000_000_000L;

  private record Word(long running, long nanos) {}

  private final Supplier<ClusterView> views;
  private final Supplier<Map<NodeId, Integer>> leaving;
  private final Duration drainMax;
  private final LongSupplier nanoClock;
  private final Map<NodeId, Word> towardsUs = new ConcurrentHashMap<>();
  private boolean draining;
  private long saidAt;
  private boolean toldLate;
  private volatile long drainsSince;

  /**
   * @param leaving requests of this node's edge under way to each member that gets no more of them
   * @param drainMax how long running requests are waited for
   */
  InFlight(
      Supplier<ClusterView> views,
      Supplier<Map<NodeId, Integer>> leaving,
      Duration drainMax,
      LongSupplier nanoClock) {
    this.views = views;
    this.leaving = leaving;
    this.drainMax = drainMax;
    this.nanoClock = nanoClock;
    saidAt = nanoClock.getAsLong() - NEWS_NANOS_MAX;
  }

  /** Takes note of a drain's begin; on the thread that publishes the views. */
  void see(ClusterView view) {
    boolean now = view.own().filter(own -> own.state() == MemberState.DRAINING).isPresent();
    if (now && !draining) {
      towardsUs.clear(); // words of an earlier drain
      drainsSince = nanoClock.getAsLong();
    }
    draining = now;
  }

  /**
   * What to tell the others: the members that drain, and what is still under way to each. Nothing while nobody
   * drains, once that has been said for as long as a word counts.
   */
  Optional<byte[]> message() {
    Map<NodeId, Integer> counts = leaving.get();
    var draining = views.get().members().stream()
        .filter(m -> m.state() == MemberState.DRAINING && counts.containsKey(m.id()))
        .toList();
    long now = nanoClock.getAsLong();
    if (!draining.isEmpty()) {
      saidAt = now;
    } else if (now - saidAt >= NEWS_NANOS_MAX) {
      return Optional.empty();
    }
    ByteBuffer message = ByteBuffer.allocate(draining.size() * ENTRY_BYTES);
    for (Member member : draining) {
      message
          .putLong(member.id().value().getMostSignificantBits())
          .putLong(member.id().value().getLeastSignificantBits())
          .putLong(counts.getOrDefault(member.id(), 0));
    }
    return Optional.of(message.array());
  }

  /** Takes the word of another edge; one that does not name this node takes its last word back. */
  void receive(NodeId from, byte[] message) {
    if (message.length % ENTRY_BYTES != 0 || message.length > ENTRY_BYTES * MEMBERS_MAX) {
      return;
    }
    var self = views.get().self().value();
    long towards = UNKNOWN;
    ByteBuffer entries = ByteBuffer.wrap(message);
    while (entries.hasRemaining()) {
      boolean us = entries.getLong() == self.getMostSignificantBits();
      us &= entries.getLong() == self.getLeastSignificantBits();
      long count = entries.getLong();
      towards = us ? count : towards;
    }
    towardsUs.put(from, new Word(towards, nanoClock.getAsLong()));
  }

  /** Whether every member that is up has said that nothing is under way to this node any more. */
  boolean none() {
    ClusterView view = views.get();
    towardsUs.keySet().removeIf(id -> view.member(id).isEmpty());
    boolean none = Integer.valueOf(0).equals(leaving.get().get(view.self()))
        && view.members().stream()
            .filter(m -> m.state().serves() && !m.id().equals(view.self()))
            .allMatch(m -> saidZero(towardsUs.get(m.id())));
    return none || tooLong();
  }

  private boolean saidZero(@Nullable Word word) {
    return word != null
        && word.running() == 0
        && nanoClock.getAsLong() - word.nanos() < NEWS_NANOS_MAX;
  }

  /** A request that never ends must not keep a node from being switched off for ever. */
  private boolean tooLong() {
    if (nanoClock.getAsLong() - drainsSince < drainMax.toNanos()) {
      toldLate = false;
      return false;
    }
    if (!toldLate) {
      toldLate = true;
      long running = leaving.get().getOrDefault(views.get().self(), 0)
          + towardsUs.values().stream()
              .mapToLong(word -> Math.max(0, word.running()))
              .sum();
      log.warn(
          "{} requests are still running {} s after the drain began: this node waits no longer"
              + " for them",
          running,
          drainMax.toSeconds());
    }
    return true;
  }
}
