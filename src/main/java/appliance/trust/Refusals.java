package appliance.trust;

import java.net.InetAddress;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what was refused on the ports between nodes, and logs it once per address and cause: whoever
 * tries again and again costs no disk. What {@link Refusal#mayPass may pass} is logged if it goes on. Any
 * thread.
 */
public final class Refusals {

  private static final Logger log = LoggerFactory.getLogger(Refusals.class);

  /** Beyond that the oldest is forgotten, and would be logged again. */
  private static final int REMEMBERED_MAX = 1000;

  /** What passes is over by then. */
  private static final long PASSES_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Map<Refusal, LongAdder> counts = new EnumMap<>(Refusal.class);
  private final LongSupplier nanos;
  private final Map<String, News> seen = new LinkedHashMap<>() {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, News> eldest) {
      return size() > REMEMBERED_MAX;
    }
  };

  /** Of one address and cause. */
  private static final class News {

    private final long since;
    private boolean told;

    News(long since) {
      this.since = since;
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
    if (isToBeTold(from.getHostAddress() + " " + refusal, refusal.mayPass())) {
      log.warn(
          "A connection with {} was refused: {}{}. Further ones are counted only",
          from.getHostAddress(),
          refusal.words(),
          detail.isEmpty() ? "" : " (" + detail + ")");
    }
  }

  private synchronized boolean isToBeTold(String key, boolean mayPass) {
    long now = nanos.getAsLong();
    News news = seen.computeIfAbsent(key, k -> new News(now));
    if (news.told || (mayPass && now - news.since < PASSES_NANOS)) {
      return false;
    }
    news.told = true;
    return true;
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
