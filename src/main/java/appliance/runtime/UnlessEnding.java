package appliance.runtime;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives I/O threads something to do, unless they end: then nobody waits for it any more, and it is dropped. Any thread.
 */
public final class UnlessEnding {

  private static final Logger log = LoggerFactory.getLogger(UnlessEnding.class);

  private UnlessEnding() {}

  /**
   * How a thread does something later.
   *
   * @param <K> what takes that back
   */
  @FunctionalInterface
  public interface Timer<K> {

    K executeAfter(Runnable task, long time, TimeUnit unit);
  }

  /** Has {@code thread}, which refuses nothing before its end, run {@code task}; returns whether it will. */
  public static boolean execute(Executor thread, Runnable task) {
    try {
      thread.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      dropped(e);
      return false;
    }
  }

  /** The same, {@code time} from now; null if it is dropped. */
  public static <K> @Nullable K executeAfter(
      Timer<K> thread, Runnable task, long time, TimeUnit unit) {
    try {
      return thread.executeAfter(task, time, unit);
    } catch (RejectedExecutionException e) {
      dropped(e);
      return null;
    }
  }

  private static void dropped(RejectedExecutionException why) {
    log.debug("The thread ends, and with it all that it had to do", why);
  }
}
