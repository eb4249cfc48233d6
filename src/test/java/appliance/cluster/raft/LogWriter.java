package appliance.cluster.raft;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;

/**
 * Writes to a log what its reader can check; also in a process of its own, without end, which tells the
 * index of each entry that is on disk.
 */
final class LogWriter {

  static final int TERM = 3;

  /** So many entries to a snapshot that a kill meets one often. */
  private static final int SNAPSHOT_EVERY = 3;

  private LogWriter() {}

  public static void main(String[] args) throws Exception {
    DurableLog log = new DurableLog(Path.of(args[0]), reason -> {});
    log.open();
    while (true) {
      long next = log.lastAppended() + 1;
      append(log, next, next);
      tell(next);
      if (next % SNAPSHOT_EVERY == 0) {
        snapshot(log, next - 1);
      }
    }
  }

  private static void tell(long index) throws IOException {
    System.out.write((index + "\n").getBytes(StandardCharsets.US_ASCII));
    System.out.flush();
  }

  static void append(DurableLog log, long from, long to) {
    LogEntries entries = new LogEntries();
    for (long index = from; index <= to; index++) {
      byte[] command = ("command " + index).getBytes(StandardCharsets.UTF_8);
      entries.add(new LogEntry(TERM, command));
    }
    log.append(from, entries);
  }

  /** As the library does it. */
  static void snapshot(DurableLog log, long index) {
    log.commitIndex(index);
    log.setSnapshot(state(index));
    log.truncate(index);
  }

  static ByteBuffer state(long index) {
    return ByteBuffer.wrap(("state " + index).getBytes(StandardCharsets.UTF_8));
  }

  /** Runs {@link #main}, kills it after so many entries, and returns the last that it has told of. */
  static long killedAfter(int entries, Path folder) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            LogWriter.class.getName(),
            folder.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT) // warnings of a JVM are no indexes
        .start();
    long last = 0;
    try (BufferedReader told = process.inputReader(StandardCharsets.US_ASCII)) {
      for (int i = 0; i <= entries; i++) {
        last = Long.parseLong(String.valueOf(told.readLine()));
      }
      process.toHandle().destroyForcibly(); // what it has told stays to be read
      for (String line = told.readLine(); line != null; line = told.readLine()) {
        last = Long.parseLong(line);
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    return last;
  }
}
