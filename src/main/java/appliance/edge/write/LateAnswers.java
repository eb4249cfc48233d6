package appliance.edge.write;

import appliance.status.Section;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many finished answers may wait for the right to acknowledge them, and for how long. Nothing more is
 * read of an answer that waits, so that each costs one buffer: the count bounds the bytes. Any thread.
 */
public final class LateAnswers {

  private static final int ANSWERS_MAX = 1024;

  private final LongSupplier nanoTime;
  private final long nanosMax;
  private final int answersMax;
  private final AtomicInteger waiting = new AtomicInteger();
  private final LongAdder begun = new LongAdder();

  /** As long as requests wait for a master, 1,024 at a time. */
  public LateAnswers() {
    this(System::nanoTime, HeldRequests.NANOS_MAX, ANSWERS_MAX);
  }

  /**
   * @param nanoTime never goes backwards
   * @param nanosMax how long one waits at most
   * @param answersMax that wait at the same time
   */
  public LateAnswers(LongSupplier nanoTime, long nanosMax, int answersMax) {
    this.nanoTime = nanoTime;
    this.nanosMax = nanosMax;
    this.answersMax = answersMax;
  }

  /** How many wait now. */
  public int waiting() {
    return waiting.get();
  }

  /** Adds to what an operator sees of the edge. */
  public void tell(Section.Builder section) {
    section.gauge("answersHeld", waiting.get()).counter("answersEverHeld", begun.sum());
  }

  /** Lets one more wait, to be ended once; null if too many do already. */
  @Nullable
  Wait begin() {
    if (waiting.incrementAndGet() > answersMax) {
      waiting.decrementAndGet();
      return null;
    }
    begun.increment();
    return new Wait(nanoTime.getAsLong() + nanosMax);
  }

  /** One answer's. */
  final class Wait {

    private final long until;
    private boolean ended;

    private Wait(long until) {
      this.until = until;
    }

    boolean expired() {
      return nanoTime.getAsLong() - until >= 0;
    }

    /** May be called again. */
    synchronized void end() {
      if (!ended) {
        ended = true;
        waiting.decrementAndGet();
      }
    }
  }
}
