package appliance.runtime;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what is logged before another appender is ready, and hands it on then, in order. Its callers'
 * threads write, one at a time.
 */
final class LateAppender extends AppenderBase<ILoggingEvent> {

  /** More than a start logs; if the other one never comes, the oldest go: stdout has them. */
  private static final int EVENTS_MAX = 1_000;

  private final Queue<ILoggingEvent> early = new ArrayDeque<>();
  private @Nullable Appender<ILoggingEvent> opened;

  @Override
  protected void append(ILoggingEvent event) {
    Appender<ILoggingEvent> now = opened;
    if (now != null) {
      now.doAppend(event);
      return;
    }
    event.prepareForDeferredProcessing();
    if (early.size() == EVENTS_MAX) {
      early.remove();
    }
    early.add(event);
  }

  /** Writes what has come so far to {@code appender}, and from now on all that comes. */
  synchronized void open(Appender<ILoggingEvent> appender) {
    early.forEach(appender::doAppend);
    early.clear();
    opened = appender;
  }

  @Override
  public synchronized void stop() {
    super.stop();
    if (opened != null) {
      opened.stop();
    }
  }
}
