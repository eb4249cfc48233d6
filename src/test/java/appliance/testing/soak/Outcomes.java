package appliance.testing.soak;

import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What became of one kind of traffic. Written by all its clients. */
final class Outcomes {

  private static final int REASONS_MAX = 20;

  final String kind;

  /** Whether a failure of it fails the run: it may be sent again without harm, and yet was not. */
  final boolean mustNotFail;

  private final LongAdder good = new LongAdder();
  private final LongAdder bad = new LongAdder();
  private final AtomicLong longestNanos = new AtomicLong();
  private final ConcurrentLinkedQueue<String> reasons = new ConcurrentLinkedQueue<>();

  Outcomes(String kind, boolean mustNotFail) {
    this.kind = kind;
    this.mustNotFail = mustNotFail;
  }

  void good(long nanos) {
    good.increment();
    longestNanos.accumulateAndGet(nanos, Math::max);
  }

  void bad(String reason) {
    bad.increment();
    if (reasons.size() < REASONS_MAX) {
      reasons.add(LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MILLIS) + " " + reason);
    }
  }

  long goodCount() {
    return good.sum();
  }

  long badCount() {
    return bad.sum();
  }

  long longestMillis() {
    return longestNanos.get() / 1_000_000;
  }

  List<String> reasons() {
    return List.copyOf(reasons);
  }
}
