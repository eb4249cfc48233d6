package appliance.trust;

import java.net.InetAddress;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what was refused on the ports between nodes, and logs it once per address and cause: whoever
 * tries again and again costs no disk. Any thread.
 */
public final class Refusals {

  private static final Logger log = LoggerFactory.getLogger(Refusals.class);

  /** Beyond that the oldest is forgotten, and would be logged again. */
  private static final int REMEMBERED_MAX = 1000;

  private final Map<Refusal, LongAdder> counts = new EnumMap<>(Refusal.class);
  private final Map<String, Boolean> told = new LinkedHashMap<>() {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
      return size() > REMEMBERED_MAX;
    }
  };

  Refusals() {
    for (Refusal refusal : Refusal.values()) {
      counts.put(refusal, new LongAdder());
    }
  }

  /** @param detail what an operator needs to know besides; part of the log line */
  public void count(InetAddress from, Refusal refusal, String detail) {
    counter(refusal).increment();
    if (isNews(from.getHostAddress() + " " + refusal)) {
      log.warn(
          "A connection with {} was refused: {}{}. Further ones are counted only",
          from.getHostAddress(),
          refusal.words(),
          detail.isEmpty() ? "" : " (" + detail + ")");
    }
  }

  private synchronized boolean isNews(String key) {
    return told.put(key, true) == null;
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
