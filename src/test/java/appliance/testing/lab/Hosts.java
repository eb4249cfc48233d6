package appliance.testing.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Hosts 1 to N with cuts between them, made by {@code scripts/lab}; gone when closed. */
public final class Hosts implements AutoCloseable {

  public static final String HUB = "hub";

  private static final long COMMAND_SECONDS_MAX = 60;

  private final String name;
  private final String network;
  private final int count;

  private Hosts(String name, String network, int count) {
    this.name = name;
    this.network = network;
    this.count = count;
  }

  /** Whether this process may do to its machine what only root may. */
  public static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** Why no hosts can be made here; empty if they can. */
  public static Optional<String> impossible() {
    if (!isRoot()) {
      return Optional.of("not root: no network namespaces can be made");
    }
    return Stream.of("ip", "nft")
        .filter(tool -> Stream.of("/usr/sbin/", "/sbin/", "/usr/bin/")
            .noneMatch(folder -> Files.isExecutable(Path.of(folder + tool))))
        .findFirst()
        .map(tool -> tool + " is missing: apt-get install iproute2 nftables");
  }

  /** Makes {@code count} hosts, apart from those of other processes. */
  public static Hosts up(int count) {
    long pid = ProcessHandle.current().pid();
    Hosts hosts = new Hosts("l" + pid, "10." + (64 + pid / 256 % 64) + "." + pid % 256, count);
    hosts.lab("up", String.valueOf(count));
    return hosts;
  }

  public int count() {
    return count;
  }

  public String address(int host) {
    return network + "." + host;
  }

  /** Has {@code scripts/lab} do something: {@code cut 1 2}, {@code heal}. */
  public void lab(String... words) {
    List<String> command = new ArrayList<>(List.of(script()));
    command.addAll(List.of(words));
    try {
      Process process = with(command).redirectErrorStream(true).start();
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException(command + ": " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** A command on a host, not started yet; its process will be the command's own. */
  public ProcessBuilder on(String host, List<String> command) {
    List<String> all = new ArrayList<>(List.of(script(), "exec", host));
    all.addAll(command);
    return with(all);
  }

  private ProcessBuilder with(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("LAB", name);
    builder.environment().put("LAB_NET", network);
    return builder;
  }

  private static String script() {
    return Path.of(System.getProperty("project.directory", "."), "scripts", "lab")
        .toAbsolutePath()
        .toString();
  }

  @Override
  public void close() {
    lab("down");
  }
}
