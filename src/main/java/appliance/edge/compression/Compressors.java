package appliance.edge.compression;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** The compressors of a node that are in use: about 256 KB each, outside of the heap. Any thread. */
public final class Compressors {

  /** As many as 64 MB have room for; answers beyond them go out as they are. */
  static final int MAX = 256;

  private final AtomicInteger inUse = new AtomicInteger();
  private final LongAdder answers = new LongAdder();

  /** Whether there is room for one more; then {@link #gaveBack} has to follow. */
  boolean take() {
    if (inUse.incrementAndGet() > MAX) {
      inUse.decrementAndGet();
      return false;
    }
    answers.increment();
    return true;
  }

  void gaveBack() {
    inUse.decrementAndGet();
  }

  /** Those in use now. */
  public int inUse() {
    return inUse.get();
  }

  /** Answers that were compressed since the start. */
  public long answers() {
    return answers.sum();
  }
}
