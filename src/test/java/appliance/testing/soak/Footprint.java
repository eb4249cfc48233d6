package appliance.testing.soak;

import appliance.testing.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What one process takes over time: memory and open files, since its last start. */
final class Footprint {

  /** Of memory that the machine gives to it, in MB, and of descriptors. */
  record Sample(long megabytes, long files) {}

  /** Before, a JVM still compiles and grows its heap. */
  private static final int WARM_SAMPLES = 12;

  private static final long MEGABYTES_GROWTH_MAX = 64;
  private static final long FILES_GROWTH_MAX = 64;

  final NodeProcess node;
  private final List<Sample> samples = new ArrayList<>();
  private long pid;

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
      try (Stream<Path> files = Files.list(proc.resolve("fd"))) {
        samples.add(new Sample(kilobytes / 1024, files.count()));
      }
    } catch (IOException e) {
      samples.clear(); // it ended meanwhile
    }
  }

  /** The mean of a third of what was seen once it was warm: the first, or the last. */
  private Sample third(boolean last) {
    List<Sample> warm = samples.subList(Math.min(WARM_SAMPLES, samples.size()), samples.size());
    int length = Math.max(1, warm.size() / 3);
    List<Sample> third = warm.isEmpty()
        ? List.of(new Sample(0, 0))
        : last ? warm.subList(warm.size() - length, warm.size()) : warm.subList(0, length);
    return new Sample(
        (long) third.stream().mapToLong(Sample::megabytes).average().orElse(0),
        (long) third.stream().mapToLong(Sample::files).average().orElse(0));
  }

  boolean flat() {
    return third(true).megabytes() - third(false).megabytes() <= MEGABYTES_GROWTH_MAX
        && third(true).files() - third(false).files() <= FILES_GROWTH_MAX;
  }

  @Override
  public String toString() {
    Sample first = third(false);
    Sample last = third(true);
    return String.format(
        "%-8s %5d samples   memory %4d -> %4d MB   open files %4d -> %4d   %s",
        node.name(),
        samples.size(),
        first.megabytes(),
        last.megabytes(),
        first.files(),
        last.files(),
        flat() ? "flat" : "GROWS");
  }
}
