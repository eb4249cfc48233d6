package appliance.edge.stats;

import appliance.status.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** How long things took, in fixed buckets; written by all I/O threads. */
public final class Histogram {

  /** The upper bounds of all buckets but the last, which has none. */
  private static final double[] SECONDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
  };

  private static final long[] NANOS = new long[SECONDS.length];

  static {
    for (int i = 0; i < SECONDS.length; i++) {
      NANOS[i] = Math.round(SECONDS[i] * TimeUnit.SECONDS.toNanos(1));
    }
  }

  private final LongAdder[] counts = new LongAdder[SECONDS.length + 1];
  private final LongAdder nanos = new LongAdder();

  Histogram() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  void add(long time) {
    int bucket = 0;
    while (bucket < NANOS.length && time > NANOS[bucket]) {
      bucket++;
    }
    counts[bucket].increment();
    nanos.add(time);
  }

  /** In the form that {@code /metrics} shows. */
  public Sample sample(Map<String, String> labels) {
    List<Sample.Bucket> buckets = new ArrayList<>();
    long total = 0;
    for (int i = 0; i < counts.length; i++) {
      total += counts[i].sum();
      double bound = i < SECONDS.length ? SECONDS[i] : Double.POSITIVE_INFINITY;
      buckets.add(new Sample.Bucket(bound, total));
    }
    return new Sample.Distribution(labels, buckets, nanos.sum() / 1e9);
  }
}
