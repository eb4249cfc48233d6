package appliance.status;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What the process itself tells: {@code version, uptimeSeconds, residentBytes, heapBytes, threads}.
 * Reads {@code /proc} rather than the management beans, which cost a megabyte to load.
 */
public final class ProcessSource implements Source {

  private static final Path STATUS = Path.of("/proc/self/status");

  private final String version;
  private final Supplier<String> logTrouble;
  private final long startNanos = System.nanoTime();

  /**
   * @param logTrouble why the log's file is not written; empty if it is
   */
  public ProcessSource(String version, Supplier<String> logTrouble) {
    this.version = version;
    this.logTrouble = logTrouble;
  }

  @Override
  public Section read() {
    Runtime runtime = Runtime.getRuntime();
    List<String> status = status();
    return Section.builder()
        .text("version", version)
        .gauge("uptimeSeconds", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos))
        .gauge("residentBytes", number(status, "VmRSS:") * 1024)
        .gauge("heapBytes", runtime.totalMemory() - runtime.freeMemory())
        .gauge("threads", number(status, "Threads:"))
        .text("logTrouble", logTrouble.get())
        .build();
  }

  private static List<String> status() {
    try {
      return Files.readAllLines(STATUS);
    } catch (IOException e) {
      return List.of(); // no Linux: the numbers are then 0
    }
  }

  private static long number(List<String> status, String label) {
    return status.stream()
        .filter(line -> line.startsWith(label))
        .map(line -> line.replaceAll("\\D", ""))
        .mapToLong(digits -> digits.isEmpty() ? 0 : Long.parseLong(digits))
        .findFirst()
        .orElse(0);
  }
}
