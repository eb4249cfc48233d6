package appliance.runtime;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.spi.AppenderAttachable;
import ch.qos.logback.core.spi.AppenderAttachableImpl;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has what is logged written by a thread of its own, so that nobody who logs waits for a disk that hangs, or for whoever
 * reads stdout. What comes while nothing is taken waits for that; what is more is left out, and counted.
 */
public final class BackgroundAppender extends UnsynchronizedAppenderBase<ILoggingEvent>
    implements AppenderAttachable<ILoggingEvent> {

  /** More than a start logs; the first lines tell most of what went wrong, so that later ones are left out. */
  static final int EVENTS_MAX = 2_000;

  /** For what waits when this is stopped. */
  private static final Duration STOP_MAX = Duration.ofSeconds(1);

  /** One write takes far less, but for a disk or a reader that hangs. */
  private static final Duration WRITE_MAX = Duration.ofSeconds(5);

  private final BlockingQueue<ILoggingEvent> waiting = new ArrayBlockingQueue<>(EVENTS_MAX);
  private final AppenderAttachableImpl<ILoggingEvent> targets = new AppenderAttachableImpl<>();
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong leftOut = new AtomicLong();
  private final Consumer<BackgroundAppender> opening;
  private final long writeNanosMax;
  private volatile long busySince;
  private volatile boolean busy;
  private volatile String unopened = "";
  private @Nullable Thread thread;

  /** As conf/logback.xml makes one: its appenders are there when it is started. */
  public BackgroundAppender() {
    this(self -> {}, WRITE_MAX);
  }

  /**
   * @param opening adds the appenders, on the thread that writes, which may take its time
   */
  BackgroundAppender(Consumer<BackgroundAppender> opening) {
    this(opening, WRITE_MAX);
  }

  /**
   * @param writeMax what takes longer than that hangs
   */
  BackgroundAppender(Consumer<BackgroundAppender> opening, Duration writeMax) {
    this.opening = opening;
    writeNanosMax = writeMax.toNanos();
  }

  @Override
  public void start() {
    super.start();
    busy(true);
    Thread writer = new Thread(this::write, "log-" + getName());
    writer.setDaemon(true);
    thread = writer;
    writer.start();
  }

  @Override
  protected void append(ILoggingEvent event) {
    event.prepareForDeferredProcessing();
    if (waiting.offer(event)) {
      taken.incrementAndGet();
    } else {
      leftOut.incrementAndGet();
    }
  }

  private void write() {
    try {
      open();
      busy(false);
      while (true) {
        ILoggingEvent event = waiting.take();
        busy(true);
        write(event);
        busy(false);
        written.incrementAndGet();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it is stopped, and all is written
    }
  }

  private void open() {
    try {
      opening.accept(this);
    } catch (RuntimeException | Error e) {
      unopened = "it cannot be opened (" + e + ")";
    }
  }

  /** An error, of a JVM without memory or whose jar was replaced, takes a line, and not all that come later. */
  private void write(ILoggingEvent event) {
    try {
      targets.appendLoopOnAppenders(event);
      tellWhatIsLeftOut();
    } catch (RuntimeException | Error e) {
      leftOut.incrementAndGet();
    }
  }

  private void busy(boolean now) {
    busySince = System.nanoTime();
    busy = now;
  }

  /** Behind what was kept, and in its place alone: elsewhere nothing may be missing. */
  private void tellWhatIsLeftOut() {
    if (leftOut.get() > 0 && waiting.isEmpty() && getContext() instanceof LoggerContext context) {
      targets.appendLoopOnAppenders(new LoggingEvent(
          BackgroundAppender.class.getName(),
          context.getLogger(BackgroundAppender.class),
          Level.WARN,
          leftOut.getAndSet(0) + " lines are missing here: writing them hung, or failed",
          null,
          null));
    }
  }

  /** For how long writing has hung, and what came of it; empty if it does not. Any thread. */
  String trouble() {
    boolean writes = busy; // first: since when it does is known before
    long nanos = System.nanoTime() - busySince;
    if (!writes || nanos < writeNanosMax) {
      return unopened;
    }
    return "one write has hung for " + TimeUnit.NANOSECONDS.toSeconds(nanos) + " s, "
        + waiting.size() + " lines wait, " + leftOut + " are lost";
  }

  /** Waits until all that was logged before is written. Any thread. */
  void flush(Duration max) {
    long all = taken.get();
    long deadline = System.nanoTime() + max.toNanos();
    try {
      while (written.get() < all && System.nanoTime() - deadline < 0) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Closes the appenders as well, if they take what waits in time: closing one that hangs would hang. */
  @Override
  public void stop() {
    super.stop();
    flush(STOP_MAX);
    if (thread != null) {
      thread.interrupt();
    }
    if (!busy) {
      targets.detachAndStopAllAppenders();
    }
  }

  @Override
  public void addAppender(Appender<ILoggingEvent> appender) {
    targets.addAppender(appender);
  }

  @Override
  public Iterator<Appender<ILoggingEvent>> iteratorForAppenders() {
    return targets.iteratorForAppenders();
  }

  @Override
  public @Nullable Appender<ILoggingEvent> getAppender(String other) {
    return targets.getAppender(other);
  }

  @Override
  public boolean isAttached(Appender<ILoggingEvent> appender) {
    return targets.isAttached(appender);
  }

  @Override
  public void detachAndStopAllAppenders() {
    targets.detachAndStopAllAppenders();
  }

  @Override
  public boolean detachAppender(Appender<ILoggingEvent> appender) {
    return targets.detachAppender(appender);
  }

  @Override
  public boolean detachAppender(String other) {
    return targets.detachAppender(other);
  }
}
