package appliance.edge.stats;

import appliance.status.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What was answered, by the status' class, and how long it took; written by all I/O threads. */
public final class Answers {

  private static final int CLASSES = 6;

  private final LongAdder[] byClass = new LongAdder[CLASSES];

  /** From a request to its answer's end. */
  public final Histogram times = new Histogram();

  public Answers() {
    for (int i = 0; i < CLASSES; i++) {
      byClass[i] = new LongAdder();
    }
  }

  /** Counts one answer, {@code nanos} after its request. */
  public void add(int status, long nanos) {
    int of = status / 100;
    byClass[of < CLASSES ? of : 0].increment();
    times.add(nanos);
  }

  /** One number for each of 1xx to 5xx, so that none appears out of nothing. */
  public List<Sample> samples(Map<String, String> labels) {
    List<Sample> samples = new ArrayList<>();
    for (int i = 1; i < CLASSES; i++) {
      Map<String, String> all = new HashMap<>(labels);
      all.put("class", i + "xx");
      samples.add(new Sample.Value(all, byClass[i].sum()));
    }
    return samples;
  }
}
