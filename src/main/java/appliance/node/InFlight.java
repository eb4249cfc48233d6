package appliance.node;

import appliance.model.ClusterView;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows when no edge of the cluster has a request under way to this node's application.
 *
 * <p>Each edge tells all others, again and again, which members it no longer sends to because they
 * drain, and how many requests to each are still running: 24 bytes a member, its id and that number.
 * Silence is not taken for idleness: a member that is up has to have said zero.
 */
final class InFlight {

  private static final int ENTRY_BYTES = 24;
  private static final int MEMBERS_MAX = 1_000;

  /** No word yet, or word of before the drain. */
  private static final long UNKNOWN = -1;

  private static final long NEWS_NANOS_MAX = 5_000_000_000L;

  /** So long it has to stay at zero: an edge's loop may be behind the view that it has told of. */
  private static final long QUIET_NANOS = 1_000_000_000L;

  private record Word(long running, long nanos, long zeroSinceNanos) {}

  private final Supplier<ClusterView> views;
  private final Supplier<Map<NodeId, Integer>> running;
  private final LongSupplier nanoClock;
  private final Map<NodeId, Word> towardsUs = new ConcurrentHashMap<>();

  /**
   * @param running requests of this node's edge under way, by the member whose application has them
   */
  InFlight(
      Supplier<ClusterView> views, Supplier<Map<NodeId, Integer>> running, LongSupplier nanoClock) {
    this.views = views;
    this.running = running;
    this.nanoClock = nanoClock;
  }

  /** What to tell the others: the members that drain, and what is still under way to each. */
  byte[] message() {
    // The view before the counts: what began under an older view is then counted.
    var draining = views.get().members().stream()
        .filter(m -> m.state() == MemberState.DRAINING)
        .toList();
    Map<NodeId, Integer> counts = running.get();
    ByteBuffer message = ByteBuffer.allocate(draining.size() * ENTRY_BYTES);
    for (Member member : draining) {
      message
          .putLong(member.id().value().getMostSignificantBits())
          .putLong(member.id().value().getLeastSignificantBits())
          .putLong(counts.getOrDefault(member.id(), 0));
    }
    return message.array();
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
    long now = nanoClock.getAsLong();
    Word last = towardsUs.get(from);
    long since = last != null && last.running() == 0 ? last.zeroSinceNanos() : now;
    towardsUs.put(from, new Word(towards, now, towards == 0 ? since : now));
  }

  /** Whether every member that is up has said, for a while, that nothing is under way to this node. */
  boolean none() {
    ClusterView view = views.get();
    towardsUs.keySet().removeIf(id -> view.member(id).isEmpty());
    return running.get().getOrDefault(view.self(), 0) == 0
        && view.members().stream()
            .filter(m -> m.state().serves() && !m.id().equals(view.self()))
            .allMatch(m -> saidZero(towardsUs.get(m.id())));
  }

  private boolean saidZero(@Nullable Word word) {
    return word != null
        && word.running() == 0
        && word.nanos() - word.zeroSinceNanos() >= QUIET_NANOS
        && nanoClock.getAsLong() - word.nanos() < NEWS_NANOS_MAX;
  }
}
