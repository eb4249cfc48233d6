package appliance.edge.client;

import appliance.config.ClientQuota;
import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many requests a client may make, by the generic cell rate algorithm (ITU-T I.371): one number for
 * each client, the time at which it will have used up nothing again. Any thread.
 */
final class RequestRate {

  /** Clients that are known at a time; beyond, new ones are let through uncounted, and that is told. */
  private static final int CLIENTS_MAX = 100_000;

  private final long interval;
  private final long burst;
  private final ConcurrentHashMap<Long, AtomicLong> free = new ConcurrentHashMap<>();
  final LongAdder refused = new LongAdder();
  final LongAdder uncounted = new LongAdder();

  RequestRate(ClientQuota quota) {
    burst = quota.per().toNanos();
    interval = burst / quota.requests();
  }

  /** Nanoseconds to wait before the next request; 0 if this one may go on. */
  long admit(InetAddress client, long now) {
    Long key = ClientKey.of(client);
    AtomicLong mine = free.get(key);
    if (mine == null) {
      if (free.size() >= CLIENTS_MAX) {
        uncounted.increment();
        return 0;
      }
      mine = free.computeIfAbsent(key, unknown -> new AtomicLong(now));
    }
    while (true) {
      long at = mine.get();
      long next = (at - now > 0 ? at : now) + interval;
      long late = next - now - burst;
      if (late > 0) {
        refused.increment();
        return late;
      }
      if (mine.compareAndSet(at, next)) {
        return 0;
      }
    }
  }

  /** Forgets those who may make as many as ever; to be called now and then. */
  void sweep(long now) {
    free.values().removeIf(at -> at.get() - now <= 0);
  }

  int clients() {
    return free.size();
  }
}
