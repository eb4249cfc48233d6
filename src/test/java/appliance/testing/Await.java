package appliance.testing;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Waits for something to become true; the deadline is for a hung system, not a measurement. */
public final class Await {

  /** Generous: two slow cores with other work. */
  public static final Duration DEADLINE = Duration.ofSeconds(90);

  /** Between two looks: short at first, as most waits are. */
  private static final long PAUSE_MILLIS_MIN = 5;

  private static final long PAUSE_MILLIS_MAX = 25;

  private Await() {}

  /** A condition that may not be able to tell yet: an exception counts as no. */
  @FunctionalInterface
  public interface Check {
    boolean holds() throws Exception;
  }

  /** Something that can be looked at again and again, for the message when the wait fails. */
  @FunctionalInterface
  public interface Look {
    @Nullable
    Object now() throws Exception;
  }

  public static void until(String what, Check check) {
    until(what, DEADLINE, () -> "", check);
  }

  /** Waits until {@code check} holds; {@code look} tells what was there instead. */
  public static void until(String what, Duration deadline, Look look, Check check) {
    long end = System.nanoTime() + deadline.toNanos();
    Exception last = null;
    for (long pause = PAUSE_MILLIS_MIN; System.nanoTime() - end < 0; pause++) {
      try {
        if (check.holds()) {
          return;
        }
        last = null;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting until " + what, e);
      } catch (Exception e) {
        last = e;
      }
      pause(Math.min(pause, PAUSE_MILLIS_MAX));
    }
    throw new AssertionError(
        "not within " + deadline.toSeconds() + " s: " + what + ". Last seen: " + seen(look), last);
  }

  private static String seen(Look look) {
    try {
      return String.valueOf(look.now());
    } catch (Exception e) {
      return e.toString();
    }
  }

  public static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
