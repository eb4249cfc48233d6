package appliance.status;

import java.util.List;
import java.util.Map;

/** What a {@link Family} knows of one set of labels. */
public sealed interface Sample {

  Map<String, String> labels();

  /** One number. */
  record Value(Map<String, String> labels, Number value) implements Sample {

    public Value {
      labels = Map.copyOf(labels);
    }
  }

  /**
   * How many values of what size there were.
   *
   * @param buckets by growing bound, the last one infinite; each counts those before it, too
   */
  record Distribution(Map<String, String> labels, List<Bucket> buckets, double sum)
      implements Sample {

    public Distribution {
      labels = Map.copyOf(labels);
      buckets = List.copyOf(buckets);
    }

    long count() {
      return buckets.isEmpty() ? 0 : buckets.get(buckets.size() - 1).count();
    }
  }

  /** How many values were not above {@code bound}. */
  record Bucket(double bound, long count) {}
}
