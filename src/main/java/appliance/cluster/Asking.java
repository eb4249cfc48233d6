package appliance.cluster;

import appliance.model.Asker;
import appliance.model.Fingerprint;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Nodes that ask to join and wait for someone to approve them, as seen in the last seconds. Few, and few
 * of one address: strangers can ask, but not crowd out others. Any thread.
 */
final class Asking {

  static final int TOTAL_MAX = 32;
  static final int PER_ADDRESS_MAX = 8;
  private static final long FORGET_NANOS = Duration.ofSeconds(15).toNanos();

  private final LongSupplier nanoTime;
  private final Map<Fingerprint, Seen> seen = new LinkedHashMap<>();

  private record Seen(Asker asker, long nanos) {}

  Asking(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Remembers who asks; returns whether that is news. */
  synchronized boolean asks(Fingerprint key, String name, InetAddress from) {
    forget();
    String address = from.getHostAddress();
    Asker asker = new Asker(key, printable(name), address);
    boolean known = seen.containsKey(key);
    long same =
        seen.values().stream().filter(s -> s.asker.address().equals(address)).count();
    if (!known && (seen.size() >= TOTAL_MAX || same >= PER_ADDRESS_MAX)) {
      return false;
    }
    seen.put(key, new Seen(asker, nanoTime.getAsLong()));
    return !known;
  }

  /** A stranger chose it, and it is shown in terminals and pages. */
  static String printable(String name) {
    String safe = name.replaceAll("[^A-Za-z0-9._-]", "?");
    return safe.substring(0, Math.min(safe.length(), 63));
  }

  private void forget() {
    long now = nanoTime.getAsLong();
    seen.values().removeIf(s -> now - s.nanos > FORGET_NANOS);
  }

  synchronized void answered(Fingerprint key) {
    seen.remove(key);
  }

  synchronized List<Asker> now() {
    forget();
    return new ArrayList<>(seen.values().stream().map(Seen::asker).toList());
  }
}
