package appliance.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A limit to the memory of some processes, without swap: a control group of the kernel's, of version 1
 * or 2. What it counts is all that they have of their own, and of files what they are the first to read.
 */
public final class MemoryLimit implements AutoCloseable {

  private static final Path MOUNTS = Path.of("/proc/self/mounts");
  private static final String KILLED = "oom_kill ";

  /** How a version of control groups names its files. */
  private enum Kind {
    V1(
        "memory.limit_in_bytes",
        "memory.swappiness",
        "memory.oom_control",
        "memory.max_usage_in_bytes"),
    V2("memory.max", "memory.swap.max", "memory.events", "memory.peak");

    private final String limit;
    private final String swap;
    private final String events;
    private final String peak;

    Kind(String limit, String swap, String events, String peak) {
      this.limit = limit;
      this.swap = swap;
      this.events = events;
      this.peak = peak;
    }
  }

  private final Kind kind;
  private final Path group;

  private MemoryLimit(Kind kind, Path group) {
    this.kind = kind;
    this.group = group;
  }

  /** One of that many MiB; empty if none can be made here: it takes root and a hierarchy that may be changed. */
  public static Optional<MemoryLimit> of(int mebibytes) {
    try {
      for (String mount : Files.readAllLines(MOUNTS)) {
        String[] fields = mount.split(" ");
        Optional<Kind> kind = kind(fields);
        if (kind.isPresent()) {
          Optional<MemoryLimit> made = make(kind.get(), Path.of(fields[1]), mebibytes);
          if (made.isPresent()) {
            return made;
          }
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Kind> kind(String[] mount) {
    if (mount[2].equals("cgroup2")) {
      return Optional.of(Kind.V2);
    }
    return mount[2].equals("cgroup") && List.of(mount[3].split(",")).contains("memory")
        ? Optional.of(Kind.V1)
        : Optional.empty();
  }

  private static Optional<MemoryLimit> make(Kind kind, Path mount, int mebibytes) {
    Path group = mount.resolve("appliance-test-" + ProcessHandle.current().pid());
    MemoryLimit limit = new MemoryLimit(kind, group);
    try {
      Files.createDirectory(group);
      Files.writeString(group.resolve(kind.limit), String.valueOf(mebibytes * 1024L * 1024));
      if (Files.exists(group.resolve(kind.swap))) {
        Files.writeString(group.resolve(kind.swap), "0");
      }
      return Optional.of(limit);
    } catch (IOException e) {
      limit.close(); // not here: the next hierarchy may do
      return Optional.empty();
    }
  }

  /** The command that runs {@code command} within the limit, from its first page on. */
  public List<String> around(List<String> command) {
    List<String> within = new ArrayList<>(List.of(
        "sh",
        "-c",
        "echo $$ >\"$0\" && exec \"$@\"",
        group.resolve("cgroup.procs").toString()));
    within.addAll(command);
    return within;
  }

  /** How many processes the kernel has killed to keep it. */
  public long killed() {
    return read(kind.events)
        .lines()
        .filter(line -> line.startsWith(KILLED))
        .mapToLong(line -> Long.parseLong(line.substring(KILLED.length())))
        .sum();
  }

  /** The most that was ever in use, in MiB; 0 where an older kernel does not tell. */
  public long peakMebibytes() {
    return Files.exists(group.resolve(kind.peak))
        ? Long.parseLong(read(kind.peak).strip()) / (1024 * 1024)
        : 0;
  }

  private String read(String file) {
    try {
      return Files.readString(group.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of no process any more. */
  @Override
  public void close() {
    try {
      Files.deleteIfExists(group);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
