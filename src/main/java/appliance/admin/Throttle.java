package appliance.admin;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Slows down who guesses passwords: each wrong one from an address doubles its wait, and all
 * addresses together get one try a second after the first twenty. An address that once knew the
 * password is free of the latter, so that strangers cannot lock the operator out. In memory of one
 * node, bounded.
 */
final class Throttle {

  static final int FREE_TRIES = 3;
  static final Duration WAIT_MAX = Duration.ofMinutes(1);
  static final Duration FORGET = Duration.ofMinutes(15);
  static final int SOURCES_MAX = 1000;
  static final int GLOBAL_BURST = 20;

  private record Tries(int failures, boolean proven, long lastNanos, long openNanos) {}

  private final LongSupplier nanoClock;
  private final Map<String, Tries> bySource = new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Tries> eldest) {
      return size() > SOURCES_MAX;
    }
  };
  private double globalTries = GLOBAL_BURST;
  private long globalNanos;

  Throttle(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    globalNanos = nanoClock.getAsLong();
  }

  /** How long {@code source} has to wait before its next try; empty if it may try now. */
  synchronized Optional<Duration> waitOf(String source) {
    long now = nanoClock.getAsLong();
    refill(now);
    Tries tries = tries(source, now);
    if (tries.openNanos - now > 0) {
      return Optional.of(Duration.ofNanos(tries.openNanos - now));
    }
    return globalTries >= 1 || tries.proven ? Optional.empty() : Optional.of(Duration.ofSeconds(1));
  }

  synchronized void failed(String source) {
    long now = nanoClock.getAsLong();
    refill(now);
    globalTries = Math.max(0, globalTries - 1);
    Tries tries = tries(source, now);
    int failures = Math.min(tries.failures + 1, 64);
    bySource.put(
        source, new Tries(failures, tries.proven, now, now + waitAfter(failures).toNanos()));
  }

  synchronized void succeeded(String source) {
    long now = nanoClock.getAsLong();
    bySource.put(source, new Tries(0, true, now, now));
  }

  synchronized int sources() {
    return bySource.size();
  }

  private static Duration waitAfter(int failures) {
    if (failures < FREE_TRIES) {
      return Duration.ZERO;
    }
    Duration wait = Duration.ofSeconds(1L << Math.min(failures - FREE_TRIES, 10));
    return wait.compareTo(WAIT_MAX) > 0 ? WAIT_MAX : wait;
  }

  private Tries tries(String source, long now) {
    Tries tries = bySource.get(source);
    boolean fresh = tries != null && (tries.proven || now - tries.lastNanos < FORGET.toNanos());
    return tries != null && fresh ? tries : new Tries(0, false, now, now);
  }

  private void refill(long now) {
    globalTries = Math.min(GLOBAL_BURST, globalTries + (now - globalNanos) / 1e9);
    globalNanos = now;
  }
}
