package appliance.cli;

import appliance.runtime.ExitCode;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A node that runs for a moment in a process of its own, on loopback and in a folder of its own, for what
 * its JVM learns from that. Closing it ends it at once.
 */
final class TrialNode implements AutoCloseable {

  /** From the first of one node to that of the next: ten for the cluster, one public, one for the admin. */
  static final int PORTS = 12;

  private static final int START_SECONDS_MAX = 90;
  private static final int END_SECONDS_MAX = 60;
  private static final int HTTP_MILLIS_MAX = 2_000;

  private final Path log;
  private final int port;
  private final Process process;

  private TrialNode(Path log, int port, Process process) {
    this.log = log;
    this.port = port;
    this.process = process;
  }

  /**
   * Begins one of the nodes of a cluster.
   *
   * @param java what its JVM is started with, up to the jar
   * @param folder the cluster's; a file {@code secret} and a folder {@code site} lie there
   * @param ports the first ports of the cluster's nodes
   * @param number which of these the node is
   */
  static TrialNode start(List<String> java, Path folder, List<Integer> ports, int number)
      throws IOException {
    Path log = folder.resolve("log" + number);
    List<String> command = new ArrayList<>(java);
    command.addAll(settings(folder, ports, number));
    return new TrialNode(log, ports.get(number), launch(command, Redirect.to(log.toFile())));
  }

  private static List<String> settings(Path folder, List<Integer> ports, int number) {
    int port = ports.get(number);
    return List.of(
        "--join=archive",
        "--name=archive" + number,
        "--bind=127.0.0.1",
        "--port=" + port,
        "--peers=" + ports.stream().map(p -> "127.0.0.1:" + p).collect(Collectors.joining(",")),
        "--secret-file=" + folder.resolve("secret"),
        "--http=127.0.0.1:" + (port + PORTS - 2),
        "--admin=127.0.0.1:" + (port + PORTS - 1),
        data(folder) + number,
        "--site=" + folder.resolve("site"),
        "--media=" + folder.resolve("media" + number));
  }

  /** How the data folder begins in the command line of each node of a cluster, and of nothing else. */
  static String data(Path folder) {
    return "--data=" + folder.resolve("data");
  }

  /** The first ports of {@code nodes} nodes. */
  static List<Integer> freePorts(int nodes) throws IOException {
    for (int first = 20_000; first < 30_000; first += nodes * PORTS) {
      List<Integer> ports =
          Stream.iterate(first, port -> port + PORTS).limit(nodes).toList();
      if (Stream.iterate(first, port -> port + 1)
          .limit((long) nodes * PORTS)
          .allMatch(TrialNode::isFree)) {
        return ports;
      }
    }
    throw new IOException("no " + nodes * PORTS + " free ports in a row between 20000 and 30000");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  /** Runs a program as if none of the appliance's variables were set. */
  static Process launch(List<String> command, Redirect output) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("APPLIANCE_") || name.equals("NOTIFY_SOCKET"));
    return builder.start();
  }

  /** Whether it ends in time. */
  static boolean ended(Process process) throws InterruptedException {
    return process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS);
  }

  /** Returns once it is in rotation, and has served a page. */
  void await() throws InterruptedException, CommandFailure {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
    while (!answers(port + PORTS - 1, "/healthz")) {
      if (!process.isAlive() || System.nanoTime() - deadline > 0) {
        throw new CommandFailure(
            ExitCode.FAILED,
            "No archive: the node that was to make it did not start (" + said()
                + "). Starts work without it.");
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    answers(port + PORTS - 2, "/");
  }

  private static boolean answers(int port, String path) {
    try {
      URL address = URI.create("http://127.0.0.1:" + port + path).toURL();
      HttpURLConnection connection = (HttpURLConnection) address.openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout(HTTP_MILLIS_MAX);
      connection.setReadTimeout(HTTP_MILLIS_MAX);
      return connection.getResponseCode() == 200;
    } catch (IOException e) {
      return false; // not yet
    }
  }

  /** The last line that it has said. */
  String said() {
    try (Stream<String> lines = Files.lines(log)) {
      return lines.reduce((first, second) -> second).orElse("");
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Ends it in order: its JVM does then what it has to at its end. */
  void end() throws InterruptedException {
    process.destroy();
    if (!ended(process)) {
      process.destroyForcibly();
    }
  }

  /** Its folder may be deleted after that. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      ended(process);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
