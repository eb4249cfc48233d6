package appliance.trust;

import java.net.InetAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what was refused on the ports between nodes, and logs it once per address and cause: whoever
 * tries again and again costs no disk. What {@link Refusal#mayPass may pass} is logged only if no member has been
 * met at that address soon after. Any thread.
 */
public final class Refusals {

  private static final Logger log = LoggerFactory.getLogger(Refusals.class);

  /** Beyond that the oldest is forgotten, and would be logged again. */
  private static final int REMEMBERED_MAX = 1000;

  /** What passes is over by then. */
  static final Duration PASSES = Duration.ofSeconds(5);

  private final Map<Refusal, LongAdder> counts = new EnumMap<>(Refusal.class);
  private final LongSupplier nanos;
  private final Map<String, First> seen = new LinkedHashMap<>() {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, First> eldest) {
      return size() > REMEMBERED_MAX;
    }
  };

  /** The first one of an address and a cause. */
  private static final class First {

    private final InetAddress from;
    private final Refusal refusal;
    private final String detail;
    private final long at;
    private boolean told;

    First(InetAddress from, Refusal refusal, String detail, long at) {
      this.from = from;
      this.refusal = refusal;
      this.detail = detail;
      this.at = at;
    }

    void tell() {
      log.warn(
          "A connection with {} was refused: {}{}. Further ones are counted only",
          from.getHostAddress(),
          refusal.words(),
          detail.isEmpty() ? "" : " (" + detail + ")");
    }
  }

  Refusals() {
    this(System::nanoTime);
  }

  /** @param nanos of a monotonic clock */
  Refusals(LongSupplier nanos) {
    this.nanos = nanos;
    for (Refusal refusal : Refusal.values()) {
      counts.put(refusal, new LongAdder());
    }
  }

  /** @param detail what an operator needs to know besides; part of the log line */
  public void count(InetAddress from, Refusal refusal, String detail) {
    counter(refusal).increment();
    First first = new First(from, refusal, detail, nanos.getAsLong());
    if (isNews(first) && !refusal.mayPass()) {
      first.tell();
    }
  }

  private synchronized boolean isNews(First first) {
    first.told = !first.refusal.mayPass();
    return seen.putIfAbsent(first.from.getHostAddress() + " " + first.refusal, first) == null;
  }

  /** A member has been met at {@code address}: what was refused there a moment ago has passed. */
  synchronized void met(InetAddress address) {
    seen.values().removeIf(first -> !first.told && first.from.equals(address));
  }

  /** Logs what has not passed; to be called again and again. */
  void tellWhatStays() {
    stays().forEach(First::tell);
  }

  private synchronized List<First> stays() {
    long now = nanos.getAsLong();
    List<First> stays = seen.values().stream()
        .filter(first -> !first.told && now - first.at >= PASSES.toNanos())
        .toList();
    stays.forEach(first -> first.told = true);
    return stays;
  }

  public long count(Refusal refusal) {
    return counter(refusal).sum();
  }

  private LongAdder counter(Refusal refusal) {
    LongAdder counter = counts.get(refusal);
    if (counter == null) {
      throw new IllegalStateException("no counter for " + refusal);
    }
    return counter;
  }
}
