package appliance.testing.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The built jar as a node on a host of its own; killed, stopped and started as a test likes. */
public final class LabNode {

  private final Hosts hosts;
  private final int host;
  private final Path log;
  private final List<String> command;
  private @Nullable Process process;
  private boolean paused;

  LabNode(Hosts hosts, int host, Path log, List<String> command) {
    this.hosts = hosts;
    this.host = host;
    this.log = log;
    this.command = List.copyOf(command);
  }

  public int host() {
    return host;
  }

  public String name() {
    return "n" + host;
  }

  public void start() {
    if (runs()) {
      return;
    }
    try {
      process = hosts
          .on(String.valueOf(host), command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public boolean runs() {
    Process now = process;
    return now != null && now.isAlive();
  }

  /** SIGKILL. */
  public void kill() {
    end(true);
  }

  /** SIGTERM; returns the exit code. */
  public int terminate() {
    return end(false);
  }

  private int end(boolean force) {
    Process now = process;
    if (now == null) {
      return 0;
    }
    go();
    try {
      if (force) {
        now.destroyForcibly();
      } else {
        now.destroy();
      }
      if (!now.waitFor(40, TimeUnit.SECONDS)) {
        now.destroyForcibly().waitFor();
        return -1;
      }
      return now.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** SIGSTOP. */
  public void pause() {
    if (runs()) {
      signal("STOP");
      paused = true;
    }
  }

  /** SIGCONT. */
  public void go() {
    if (paused && runs()) {
      signal("CONT");
    }
    paused = false;
  }

  private void signal(String name) {
    Process now = process;
    if (now == null) {
      return;
    }
    try {
      new ProcessBuilder("kill", "-" + name, String.valueOf(now.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** All lines that it has logged, over all its starts. */
  public List<String> log() {
    try {
      return Files.exists(log) ? Files.readAllLines(log) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
