package appliance.cluster.raft;

import appliance.config.FailoverConfig;
import java.time.Duration;

/**
 * How patient the cluster is.
 *
 * @param heartbeat between two signs of life
 * @param silence without a sign of life until a node counts as unreachable
 * @param verify for a suspected node to answer after all
 * @param lease for how long a renewal lets the master write, counted from when it was sent
 * @param renew between two renewals
 * @param idle for the log to stand still before the leader writes an entry that changes nothing
 * @param finish for a master that is to let go, for the writes that have begun
 * @param release for a master that was told to let go, until it is replaced without its word
 * @param position for a node to tell that its copy of the database has all that the last master's had
 * @param stuck for the log to stand still, although a majority is there, before a new election
 */
public record Timing(
    Duration heartbeat,
    Duration silence,
    Duration verify,
    Duration lease,
    Duration renew,
    Duration idle,
    Duration stuck,
    Duration finish,
    Duration release,
    Duration position) {

  /** Survives a pause of two seconds of any process without a new master. */
  public static final Timing SAFE = of(500, 2500, 300, 750, 250, 500, 3500);

  /** Takes over sooner after a cut; for networks and machines that do not stutter. */
  public static final Timing FAST = of(250, 1000, 250, 750, 250, 500, 2500);

  /** As {@code --failover} says. */
  public static Timing of(FailoverConfig failover) {
    return failover.fast() ? FAST : SAFE;
  }

  private static Timing of(
      long heartbeat, long silence, long verify, long lease, long renew, long idle, long stuck) {
    return new Timing(
        Duration.ofMillis(heartbeat),
        Duration.ofMillis(silence),
        Duration.ofMillis(verify),
        Duration.ofMillis(lease),
        Duration.ofMillis(renew),
        Duration.ofMillis(idle),
        Duration.ofMillis(stuck),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(3));
  }

  /** For how long a new master waits for the lease of one that did not release: clocks may differ. */
  public Duration grace() {
    return lease.plusNanos(lease.toNanos() / 20);
  }
}
