package appliance.cluster.raft;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;

/**
 * The snapshots that a leader has sent, the last one to each follower: what is sent after one before it has
 * been read comes too early, and another one would be made for each thing that does. Any thread.
 */
final class SentStates {

  /** For a snapshot to be acknowledged. It is lost with a connection only. */
  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Map<Address, Sent> last = new ConcurrentHashMap<>();

  private record Sent(long term, long index, long nanoTime) {}

  /** A snapshot that goes up to entry {@code index} is sent now. */
  void sent(Address follower, long term, long index) {
    last.put(follower, new Sent(term, index, System.nanoTime()));
  }

  /** Whether {@code follower} has been sent one since it came, by the leader of this term. */
  boolean any(Address follower, long term) {
    Sent sent = last.get(follower);
    return sent != null && sent.term == term;
  }

  /**
   * Whether to wait for the answer to one.
   *
   * @param acknowledged the last entry that {@code follower} is known to have
   */
  boolean isUnderWay(Address follower, long term, long acknowledged) {
    Sent sent = last.get(follower);
    return sent != null
        && sent.term == term
        && acknowledged < sent.index
        && System.nanoTime() - sent.nanoTime < WAIT_NANOS;
  }

  /** Forgets all others. */
  void retain(Collection<Address> members) {
    last.keySet().retainAll(members);
  }
}
