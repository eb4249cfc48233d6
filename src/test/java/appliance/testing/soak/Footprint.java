package appliance.testing.soak;

import appliance.testing.NodeProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What one process takes over time: memory, what lives in its heap, and open files, since its last start. Its whole
 * heap must be there from the start ({@code AlwaysPreTouch}), else a heap that fills up looks like a leak.
 */
final class Footprint {

  /** Of memory that the machine gives to it and of what lives in its heap, in MB; and of descriptors. */
  record Sample(long megabytes, long live, long files) {}

  /** Before, a JVM still compiles and grows its heap. */
  private static final int WARM_SAMPLES = 12;

  private static final long MEGABYTES_GROWTH_MAX = 64;
  private static final long LIVE_GROWTH_MAX = 16;
  private static final long FILES_GROWTH_MAX = 64;

  /** To see what lives takes a whole collection, and thus a pause. */
  private static final int SAMPLES_PER_COLLECTION = 12;

  private static final Pattern USED = Pattern.compile("(?:heap|generation) .*used (\\d+)K");

  final NodeProcess node;
  private final List<Sample> samples = new ArrayList<>();
  private long pid;
  private long live;

  Footprint(NodeProcess node) {
    this.node = node;
  }

  void sample() {
    try {
      if (!node.isAlive()) {
        return;
      }
      if (node.pid() != pid) {
        pid = node.pid();
        samples.clear();
      }
      Path proc = Path.of("/proc/" + pid);
      long kilobytes = Files.readAllLines(proc.resolve("status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
      if (samples.size() % SAMPLES_PER_COLLECTION == 0) {
        live = live();
      }
      try (Stream<Path> files = Files.list(proc.resolve("fd"))) {
        samples.add(new Sample(kilobytes / 1024, live, files.count()));
      }
    } catch (IOException e) {
      samples.clear(); // it ended meanwhile
    }
  }

  private long live() throws IOException {
    jcmd("GC.run");
    List<Long> used = USED.matcher(jcmd("GC.heap_info"))
        .results()
        .map(part -> Long.parseLong(part.group(1)))
        .toList();
    if (used.isEmpty()) {
      throw new IOException("it does not tell of its heap");
    }
    return used.stream().mapToLong(Long::longValue).sum() / 1024;
  }

  private String jcmd(String command) throws IOException {
    String program = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process asked =
        new ProcessBuilder(program, "" + pid, command).redirectErrorStream(true).start();
    return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** The mean of a third of what was seen once it was warm: the first, or the last. */
  private Sample third(boolean last) {
    List<Sample> warm = samples.subList(Math.min(WARM_SAMPLES, samples.size()), samples.size());
    int length = Math.max(1, warm.size() / 3);
    List<Sample> third = warm.isEmpty()
        ? List.of(new Sample(0, 0, 0))
        : last ? warm.subList(warm.size() - length, warm.size()) : warm.subList(0, length);
    return new Sample(
        (long) third.stream().mapToLong(Sample::megabytes).average().orElse(0),
        (long) third.stream().mapToLong(Sample::live).average().orElse(0),
        (long) third.stream().mapToLong(Sample::files).average().orElse(0));
  }

  boolean flat() {
    Sample first = third(false);
    Sample last = third(true);
    return last.megabytes() - first.megabytes() <= MEGABYTES_GROWTH_MAX
        && last.live() - first.live() <= LIVE_GROWTH_MAX
        && last.files() - first.files() <= FILES_GROWTH_MAX;
  }

  @Override
  public String toString() {
    Sample first = third(false);
    Sample last = third(true);
    return String.format(
        "%-8s %5d samples   memory %4d -> %4d MB   live %3d -> %3d MB   open files %4d -> %4d   %s",
        node.name(),
        samples.size(),
        first.megabytes(),
        last.megabytes(),
        first.live(),
        last.live(),
        first.files(),
        last.files(),
        flat() ? "flat" : "GROWS");
  }
}
