package appliance.trust;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Connections to one port that have not shown yet who they are, few per address and few in all. One too
 * many costs the oldest its place, not the newest: an honest handshake is over long before, so that
 * whoever holds places by doing nothing keeps nobody out. Any thread.
 */
final class Waiting {

  private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(3);

  /** A connection that waits. */
  interface Guest {
    InetAddress address();

    boolean isOpen();

    /** It has ended by itself before it was let in. */
    void gone();

    void end();
  }

  private final Refusals refusals;
  private final int perAddressMax;
  private final int totalMax;
  private final Map<Guest, Long> since = new LinkedHashMap<>();

  Waiting(Refusals refusals, int perAddressMax, int totalMax) {
    this.refusals = refusals;
    this.perAddressMax = perAddressMax;
    this.totalMax = totalMax;
  }

  void add(Guest guest) {
    sweep();
    oneTooMany(guest).ifPresent(oldest -> end(oldest, Refusal.TOO_MANY));
  }

  private synchronized Optional<Guest> oneTooMany(Guest guest) {
    InetAddress from = guest.address();
    List<Guest> same =
        since.keySet().stream().filter(g -> g.address().equals(from)).toList();
    Optional<Guest> oldest = Optional.empty();
    if (same.size() >= perAddressMax) {
      oldest = Optional.of(same.get(0));
    } else if (since.size() >= totalMax) {
      oldest = since.keySet().stream().findFirst();
    }
    oldest.ifPresent(since::remove);
    since.put(guest, System.nanoTime());
    return oldest;
  }

  synchronized void remove(Guest guest) {
    since.remove(guest);
  }

  /** Ends those that take too long in all, however busy they are. */
  void sweep() {
    long now = System.nanoTime();
    List<Guest> late = new ArrayList<>();
    List<Guest> gone = new ArrayList<>();
    synchronized (this) {
      since.forEach((guest, begin) -> {
        if (!guest.isOpen()) {
          gone.add(guest);
        } else if (now - begin > NANOS_MAX) {
          late.add(guest);
        }
      });
      late.forEach(since::remove);
      gone.forEach(since::remove);
    }
    late.forEach(guest -> end(guest, Refusal.TOO_SLOW));
    gone.forEach(Guest::gone);
  }

  private void end(Guest guest, Refusal why) {
    refusals.count(guest.address(), why, "");
    guest.end();
  }

  void closeAll() {
    List<Guest> all;
    synchronized (this) {
      all = new ArrayList<>(since.keySet());
      since.clear();
    }
    all.forEach(Guest::end);
  }
}
