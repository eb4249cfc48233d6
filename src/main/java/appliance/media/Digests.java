package appliance.media;

import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A checksum over each of the index's {@link #BUCKETS} parts: two nodes whose digests are equal hold
 * the same. A sum does not depend on the order, and so follows each change at no cost.
 */
final class Digests {

  static final int BUCKETS = 1024;

  private final AtomicLongArray sums = new AtomicLongArray(BUCKETS);

  static int bucket(String path) {
    int hash = path.hashCode() * 0x9E3779B9;
    return hash >>> 22;
  }

  void add(Item item) {
    sums.addAndGet(bucket(item.path()), sum(item));
  }

  void subtract(Item item) {
    sums.addAndGet(bucket(item.path()), -sum(item));
  }

  private static long sum(Item item) {
    return Sha256.of(Wire.bytes(out -> Wire.putItem(out, item))).a();
  }

  long[] snapshot() {
    long[] copy = new long[BUCKETS];
    for (int i = 0; i < BUCKETS; i++) {
      copy[i] = sums.get(i);
    }
    return copy;
  }

  /** The parts in which this differs from {@code theirs}. */
  BitSet differences(long[] theirs) {
    BitSet different = new BitSet(BUCKETS);
    for (int i = 0; i < BUCKETS; i++) {
      different.set(i, sums.get(i) != theirs[i]);
    }
    return different;
  }
}
