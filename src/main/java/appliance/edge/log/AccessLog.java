package appliance.edge.log;

import appliance.config.AccessLogConfig;
import appliance.runtime.FileTrouble;
import appliance.runtime.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.ZoneId;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes entries from any thread at the cost of a list's node, and writes them ten times a second on its
 * own. What a full queue or a full disk keeps from being written is counted, and holds up nobody.
 */
public final class AccessLog implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AccessLog.class);

  /** At 100,000 requests a second there are 10,000 between two writes. */
  private static final int ENTRIES_MAX = 65_536;

  private static final int LINES_BYTES = 128 * 1024;
  private static final int OLD_FILES = 9;
  private static final Duration PERIOD = Duration.ofMillis(100);
  private static final Duration NAME_CHECKS = Duration.ofSeconds(1);

  private final ConcurrentLinkedQueue<AccessEntry> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder written = new LongAdder();
  private final Loop loop = new Loop("access-log", 8);
  private final LogFile file;
  private final LineFormat format;
  private final Line lines = new Line(LINES_BYTES + LINES_BYTES / 2);
  private volatile String failure = "";
  private boolean closed;

  /**
   * @param config with a file
   */
  public AccessLog(AccessLogConfig config, ZoneId zone) {
    file = new LogFile(
        config.file().orElseThrow(),
        config.megabytes() * 1024L * 1024 / (OLD_FILES + 1),
        OLD_FILES);
    format = config.format() == AccessLogConfig.Format.JSON
        ? LineFormat.json()
        : LineFormat.combined(zone);
  }

  public void start() {
    loop.every(PERIOD, this::write);
    loop.every(NAME_CHECKS, this::checkName);
  }

  /** From any thread; never waits. */
  public void add(AccessEntry entry) {
    if (waiting.incrementAndGet() > ENTRIES_MAX) {
      waiting.decrementAndGet();
      dropped.increment();
      return;
    }
    queue.add(entry);
  }

  /** Entries that were not written. */
  public long dropped() {
    return dropped.sum();
  }

  public long written() {
    return written.sum();
  }

  /** Why the last write failed; empty if it did not. */
  public String failure() {
    return failure;
  }

  private synchronized void write() {
    int count = 0;
    for (AccessEntry entry = queue.poll(); entry != null; entry = queue.poll()) {
      waiting.decrementAndGet();
      format.write(entry, lines);
      count++;
      if (lines.length() >= LINES_BYTES) {
        append(lines.take(), count);
        count = 0;
      }
    }
    if (count > 0) {
      append(lines.take(), count);
    }
  }

  private void append(ByteBuffer bytes, int count) {
    try {
      file.append(bytes);
      written.add(count);
      if (!failure.isEmpty()) {
        log.info("The access log is written again");
        failure = "";
      }
    } catch (IOException e) {
      dropped.add(count);
      failed(e);
    }
  }

  private void failed(IOException e) {
    if (failure.isEmpty()) {
      log.warn("The access log cannot be written, its lines are dropped: {}", FileTrouble.of(e));
    }
    failure = "it cannot be written, its lines are dropped (" + FileTrouble.of(e) + ")";
    try {
      file.close();
    } catch (IOException alsoFailed) {
      log.debug("Nor can it be closed", alsoFailed);
    }
  }

  private synchronized void checkName() {
    try {
      file.checkName();
    } catch (IOException e) {
      failed(e);
    }
  }

  /** Writes what waits. */
  @Override
  public void close() {
    loop.close();
    synchronized (this) {
      if (!closed) {
        closed = true;
        write();
        try {
          file.close();
        } catch (IOException e) {
          log.warn("The access log could not be closed", e);
        }
      }
    }
  }
}
