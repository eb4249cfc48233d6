package appliance.buffer;

import java.util.concurrent.TimeUnit;

/**
 * For how long an application was not read because the client of its answer was behind. Used by one thread; times are
 * of the monotonic clock.
 */
public final class BackPressure {

  /** All pauses of one answer together: a limit may be for the whole of it. */
  private static final long EXCUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private boolean on;
  private long since;
  private long before;

  /** Whether nothing is read now. */
  public boolean on() {
    return on;
  }

  /** Nothing is read from now on; it may be so already. */
  public void begin(long now) {
    if (!on) {
      on = true;
      since = now;
    }
  }

  /** It is read again. */
  public void end(long now) {
    before += on ? now - since : 0;
    on = false;
  }

  /** What was before excuses nothing any more. */
  public void forget() {
    before = 0;
    on = false;
  }

  /** Whether it may have given up for that, as a server with a limit for its writes does. */
  public boolean excuses(long now) {
    return before + (on ? now - since : 0) >= EXCUSE_NANOS;
  }
}
