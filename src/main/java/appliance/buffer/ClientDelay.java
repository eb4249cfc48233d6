package appliance.buffer;

import java.util.concurrent.TimeUnit;

/**
 * For how long an application had to wait for its client: it was not read because the client was behind with the
 * answer, or the client sent nothing more of its request. Used by one thread; times are of the monotonic clock.
 */
public final class ClientDelay {

  /** All waits of one answer, or request, together: a limit may be for the whole of it. */
  private static final long EXCUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private boolean on;
  private long since;
  private long before;

  /** Whether it waits now. */
  public boolean on() {
    return on;
  }

  /** It waits from now on; it may do so already. */
  public void begin(long now) {
    if (!on) {
      on = true;
      since = now;
    }
  }

  /** It waits no more. */
  public void end(long now) {
    before += on ? now - since : 0;
    on = false;
  }

  /** What was before excuses nothing any more. */
  public void forget() {
    before = 0;
    on = false;
  }

  /** Whether it may have given up for that, as a server with a limit for its writes or reads does. */
  public boolean excuses(long now) {
    return before + (on ? now - since : 0) >= EXCUSE_NANOS;
  }
}
