package appliance.fastcgi;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Passes on so many lines a second, and then says how many it left out. Any thread. */
final class RateLimitedLog implements Consumer<String> {

  private static final int LINES_PER_SECOND = 20;

  private final Consumer<String> log;
  private final LongSupplier nanoTime;
  private long second;
  private int passed;
  private long leftOut;

  RateLimitedLog(Consumer<String> log, LongSupplier nanoTime) {
    this.log = log;
    this.nanoTime = nanoTime;
    second = nanoTime.getAsLong();
  }

  @Override
  public synchronized void accept(String line) {
    long now = nanoTime.getAsLong();
    if (now - second >= TimeUnit.SECONDS.toNanos(1)) {
      second = now;
      passed = 0;
      if (leftOut > 0) {
        log.accept("(" + leftOut + " more lines left out)");
        leftOut = 0;
      }
    }
    if (passed++ < LINES_PER_SECOND) {
      log.accept(line);
    } else {
      leftOut++;
    }
  }
}
