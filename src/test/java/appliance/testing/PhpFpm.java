package appliance.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A php-fpm of a test's own, in the foreground, with one pool. Needs the Debian package {@code php-fpm};
 * never touches the machine's own service.
 */
public final class PhpFpm implements AutoCloseable {

  private static final Duration START_MAX = Duration.ofSeconds(90);

  private final Path folder;
  private final String listen;
  private final int children;
  private final List<String> settings = new ArrayList<>();
  private @Nullable Process process;
  private int timesReady;

  /**
   * @param folder for its configuration and log
   * @param listen {@code host:port} or the path of a unix socket
   */
  public PhpFpm(Path folder, String listen, int children) {
    this.folder = folder;
    this.listen = listen;
    this.children = children;
  }

  /** Adds a line to the pool's configuration. */
  public PhpFpm with(String setting) {
    settings.add(setting);
    return this;
  }

  public Path log() {
    return folder.resolve("fpm.log");
  }

  /** Returns when it listens. */
  public PhpFpm start() throws IOException {
    Path config = folder.resolve("fpm.conf");
    String backlog = settings.stream().anyMatch(s -> s.startsWith("listen.backlog"))
        ? ""
        : "listen.backlog = 511\n";
    Files.writeString(
        config,
        String.join(
            "\n",
            "[global]",
            "error_log = " + log(),
            "daemonize = no",
            "[www]",
            "user = root",
            "group = root",
            "listen = " + listen,
            "pm = static",
            "pm.max_children = " + children,
            "catch_workers_output = yes",
            backlog + String.join("\n", settings),
            ""));
    Files.deleteIfExists(log());
    timesReady = 0;
    process = new ProcessBuilder(binary(), "-R", "-F", "-y", config.toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("fpm.out").toFile())
        .start();
    awaitReady(process);
    return this;
  }

  private static String binary() {
    for (String folder : List.of("/usr/sbin", "/usr/local/sbin")) {
      for (String name :
          List.of("php-fpm8.4", "php-fpm8.3", "php-fpm8.2", "php-fpm8.1", "php-fpm")) {
        Path file = Path.of(folder, name);
        if (Files.isExecutable(file)) {
          return file.toString();
        }
      }
    }
    throw new IllegalStateException("this test needs php-fpm: apt-get install -y php-fpm");
  }

  private void awaitReady(Process started) throws IOException {
    long deadline = System.nanoTime() + START_MAX.toNanos();
    while (System.nanoTime() - deadline < 0) {
      if (timesReadyInLog() > timesReady) {
        timesReady++;
        return;
      }
      if (!started.isAlive()) {
        break;
      }
      sleep(20);
    }
    throw new IllegalStateException("php-fpm did not start: "
        + Files.readString(folder.resolve("fpm.out"))
        + (Files.exists(log()) ? Files.readString(log()) : ""));
  }

  private int timesReadyInLog() throws IOException {
    String text = Files.exists(log()) ? Files.readString(log()) : "";
    return text.split("ready to handle connections", -1).length - 1;
  }

  /** SIGUSR2: php-fpm replaces itself and keeps its socket; returns when it has. */
  public void reload() throws IOException {
    if (process != null) {
      signal("USR2");
      awaitReady(process);
    }
  }

  /** Ends it at once, children included, and starts it again after {@code pause}. */
  public void restart(Duration pause) throws IOException {
    close();
    sleep(pause.toMillis());
    start();
  }

  /** Kills the children only; the master makes new ones. */
  public void killChildren() {
    if (process != null) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
    }
  }

  private void signal(String name) throws IOException {
    if (process != null) {
      Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
      try {
        kill.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    Process running = process;
    if (running == null) {
      return;
    }
    List<ProcessHandle> all = new ArrayList<>(running.descendants().toList());
    running.destroy();
    try {
      if (!running.waitFor(5, TimeUnit.SECONDS)) {
        running.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all.forEach(ProcessHandle::destroyForcibly);
    process = null;
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
