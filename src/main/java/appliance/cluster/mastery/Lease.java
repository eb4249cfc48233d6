package appliance.cluster.mastery;

import appliance.model.Epoch;
import appliance.model.WriteRight;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * The right of this node to write, for a short while at a time. To be asked before each write, and once
 * more before it is acknowledged. The cluster's loop changes it, any thread may ask.
 *
 * <p>A renewal counts from when it was sent, so that a pause of this process or a late answer never
 * makes it longer than what the others wait for.
 */
public final class Lease implements WriteRight {

  private final LongSupplier nanoTime;
  private final AtomicInteger writing = new AtomicInteger();
  private volatile Term term = Term.NONE;

  /**
   * One mastership: usable from {@code from}, and until {@code until} if renewed at all.
   *
   * @param finishing whether no further write may begin
   */
  private record Term(Epoch epoch, long from, long until, boolean renewed, boolean finishing) {
    static final Term NONE = new Term(Epoch.NONE, 0, 0, false, false);
  }

  /** Not valid; {@code nanoTime} never goes backwards. */
  public Lease(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether this node may write now. */
  public boolean valid() {
    return usable(term);
  }

  /** How far this node's right to write is. */
  public enum Stage {
    NONE,
    /** It is this node's, and begins when that of the last master has surely ended. */
    WAITING,
    VALID
  }

  /** Any thread. */
  public Stage stage() {
    Term now = term;
    if (usable(now)) {
      return Stage.VALID;
    }
    boolean waits = !now.epoch.equals(Epoch.NONE) && nanoTime.getAsLong() - now.from < 0;
    return waits ? Stage.WAITING : Stage.NONE;
  }

  /** The epoch in which this node may write, or {@link Epoch#NONE} if it may not. */
  public Epoch epoch() {
    Term now = term;
    return usable(now) ? now.epoch : Epoch.NONE;
  }

  @Override
  public Epoch begin() {
    writing.incrementAndGet(); // before the look: who finishes counts after it has said so
    Term now = term;
    if (usable(now) && !now.finishing) {
      return now.epoch;
    }
    writing.decrementAndGet();
    return Epoch.NONE;
  }

  @Override
  public boolean stands(Epoch epoch) {
    Term now = term;
    return usable(now) && now.epoch.equals(epoch);
  }

  @Override
  public boolean mayStand(Epoch epoch) {
    return !epoch.equals(Epoch.NONE) && term.epoch.equals(epoch);
  }

  @Override
  public void end() {
    writing.decrementAndGet();
  }

  private boolean usable(Term now) {
    long time = nanoTime.getAsLong();
    return now.renewed && time - now.from >= 0 && time - now.until < 0;
  }

  /** Begins a mastership that may be used after {@code wait}. */
  synchronized void begin(Epoch epoch, Duration wait) {
    if (!term.epoch.equals(epoch)) {
      term = new Term(epoch, nanoTime.getAsLong() + wait.toNanos(), 0, false, false);
    }
  }

  /** The others have agreed to a renewal that was sent at {@code sentAt}. */
  synchronized void renewed(Epoch epoch, long sentAt, Duration length) {
    Term now = term;
    long until = sentAt + length.toNanos();
    if (now.epoch.equals(epoch) && (!now.renewed || until - now.until > 0)) {
      term = new Term(epoch, now.from, until, true, now.finishing);
    }
  }

  /** Lets no further write begin; returns how many are still under way. */
  synchronized int finish() {
    Term now = term;
    if (!now.finishing) {
      term = new Term(now.epoch, now.from, now.until, now.renewed, true);
    }
    return writing.get();
  }

  /** Lets writes begin again, if this mastership has not ended. */
  synchronized void goOn(Epoch epoch) {
    Term now = term;
    if (now.finishing && now.epoch.equals(epoch)) {
      term = new Term(epoch, now.from, now.until, now.renewed, false);
    }
  }

  /** Ends the right to write at once. */
  public synchronized void drop() {
    term = Term.NONE;
  }
}
