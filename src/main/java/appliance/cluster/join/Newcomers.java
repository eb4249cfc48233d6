package appliance.cluster.join;

import appliance.model.HostPort;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The newcomers that this node has just let in, by their cluster ports. They are on their way into this
 * cluster and in no other; to ask them who they are costs them a handshake in the middle of their start.
 * Any thread.
 */
public final class Newcomers {

  private static final long NANOS_MAX = Duration.ofSeconds(5).toNanos();
  private static final int HOSTS_MAX = 32;

  private final LongSupplier nanoTime;
  private final Map<HostPort, Long> since = new LinkedHashMap<>();

  public Newcomers(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** A newcomer that listens at {@code host} has been let in. */
  public synchronized void expect(HostPort host) {
    forget();
    if (since.size() < HOSTS_MAX) {
      since.put(host, nanoTime.getAsLong());
    }
  }

  /** Those of the last seconds, whether they have arrived or not. */
  public synchronized Set<HostPort> expected() {
    forget();
    return new HashSet<>(since.keySet());
  }

  private void forget() {
    long now = nanoTime.getAsLong();
    since.values().removeIf(at -> now - at > NANOS_MAX);
  }
}
