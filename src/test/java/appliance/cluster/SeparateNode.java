package appliance.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.cluster.state.ClusterFile;
import appliance.model.HostPort;
import appliance.testing.Await;
import appliance.testing.ClusterProcess;
import appliance.testing.Finished;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A member in a JVM of its own, which can be killed and paused; see {@link ClusterProcess}. */
public final class SeparateNode implements AutoCloseable {

  private final String cluster;
  private final Lab.Seat seat;
  private final List<HostPort> peers;
  private final Path output;
  private @Nullable Process process;
  private int starts;

  SeparateNode(String cluster, Lab.Seat seat, List<HostPort> peers) {
    this.cluster = cluster;
    this.seat = seat;
    this.peers = peers;
    output = seat.data().resolveSibling(seat.name() + ".log");
  }

  SeparateNode start(String... options) {
    try {
      Files.createDirectories(seat.data());
      Files.writeString(seat.data().resolve("node.id"), seat.id().toString());
      List<String> command = new ArrayList<>(List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-Xmx128m",
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC"));
      command.addAll(List.of(options));
      command.addAll(List.of(
          "-cp",
          System.getProperty("java.class.path"),
          ClusterProcess.class.getName(),
          cluster,
          seat.name(),
          seat.data().toString(),
          seat.address().host(),
          String.valueOf(seat.port()),
          peers.isEmpty()
              ? "-"
              : peers.stream().map(HostPort::toString).collect(Collectors.joining(",")),
          "safe"));
      process = new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
          .redirectInput(ProcessBuilder.Redirect.PIPE)
          .start();
      starts++;
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it has said so, in this start or an earlier one. */
  void awaitSays(String text) {
    Await.until(
        seat.name() + " says " + text, Await.DEADLINE, this::said, () -> said().contains(text));
  }

  /** Waits until it is a member again, after its last start. */
  public void awaitStarted() {
    Await.until(
        seat.name() + " has started " + starts + " times",
        Await.DEADLINE,
        this::said,
        () -> said().split(" STARTED ", -1).length - 1 == starts);
  }

  String said() throws IOException {
    return Files.readString(output);
  }

  /** SIGKILL; returns when it is gone. */
  public void kill() {
    try {
      running().destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** SIGSTOP: its connections stay, and nobody answers on them. */
  void pause() {
    signal("STOP");
  }

  void resume() {
    signal("CONT");
  }

  /** Lets no file of it grow beyond {@code bytes}: a write gets a part on the disk, or none. */
  void limitFiles(long bytes) {
    run("prlimit", "--fsize=" + bytes, "--pid", String.valueOf(pid()));
  }

  /** Each try to write one of these files of its log hangs, unless the file is there. */
  void hangOn(String... files) {
    for (String file : files) {
      run("mkfifo", ClusterFile.log(seat.data()).resolve(file).toString());
    }
  }

  private void signal(String signal) {
    run("kill", "-" + signal, String.valueOf(pid()));
  }

  long pid() {
    return running().pid();
  }

  private void run(String... command) {
    Finished finished = Finished.of(List.of(command), Map.of(), seat.data());
    assertEquals(0, finished.exitCode(), finished.output());
  }

  private Process running() {
    if (process == null) {
      throw new IllegalStateException(seat.name() + " was never started");
    }
    return process;
  }

  @Override
  public void close() {
    kill();
  }
}
