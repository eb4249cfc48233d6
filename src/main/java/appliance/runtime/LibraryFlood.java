package appliance.runtime;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Keeps what the cluster's library repeats from filling the log: each of its classes has some warnings a
 * minute, and then one line says how many were left out. (It has one for each message that it cannot
 * use, and whoever makes such messages makes thousands.) Any thread.
 */
public final class LibraryFlood extends TurboFilter {

  static final int LINES_PER_MINUTE = 10;

  /** The library's classes, and ours that extend them and so speak in its words. */
  private static final List<String> WHOSE = List.of("org.jgroups.", "appliance.cluster.raft.Exact");

  private final LongSupplier nanoTime;
  private final Map<String, Minute> minutes = new ConcurrentHashMap<>();

  /** As conf/logback.xml makes one. */
  public LibraryFlood() {
    this(System::nanoTime);
  }

  LibraryFlood(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  private static final class Minute {
    private long begun;
    private int lines;
    private long leftOut;

    Minute(long now) {
      begun = now;
    }

    /** How many were left out before, if this is the first line after that; -1 to leave it out. */
    synchronized long pass(long now) {
      long before = 0;
      if (now - begun >= TimeUnit.MINUTES.toNanos(1)) {
        before = leftOut;
        begun = now;
        lines = 0;
        leftOut = 0;
      }
      if (lines++ < LINES_PER_MINUTE) {
        return before;
      }
      leftOut++;
      return -1;
    }
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] parameters,
      @Nullable Throwable thrown) {
    // Without a text it is only asked whether this would be logged.
    if (format == null
        || !level.isGreaterOrEqual(Level.WARN)
        || !level.isGreaterOrEqual(logger.getEffectiveLevel())
        || WHOSE.stream().noneMatch(logger.getName()::startsWith)) {
      return FilterReply.NEUTRAL;
    }
    long now = nanoTime.getAsLong();
    long before =
        minutes.computeIfAbsent(logger.getName(), name -> new Minute(now)).pass(now);
    if (before > 0) {
      logger
          .getLoggerContext()
          .getLogger(LibraryFlood.class)
          .warn("{} lines like the next one were left out", before);
    }
    return before < 0 ? FilterReply.DENY : FilterReply.NEUTRAL;
  }
}
