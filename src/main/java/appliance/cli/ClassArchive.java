package appliance.cli;

import appliance.runtime.ExitCode;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The JVM's archive of the classes that a start loads (AppCDS). It is made by a node that runs for a
 * moment, on loopback and in a folder of its own, and gets its name only once a JVM has checked it: one
 * that is cut off would crash each start.
 */
final class ClassArchive {

  private static final int START_SECONDS_MAX = 90;
  private static final int END_SECONDS_MAX = 60;
  private static final int HTTP_MILLIS_MAX = 2_000;

  /** The JVM says a line about each class that it leaves out. */
  private static final List<String> QUIET = List.of(
      "-Xlog:cds=off",
      "-Xlog:cds+dynamic=off",
      "-XX:ErrorFile=/dev/null",
      "-XX:-CreateCoredumpOnCrash");

  private final Path java;
  private final Path jar;

  /**
   * @param java the program that later starts use: an archive is good for that one only
   */
  ClassArchive(Path java, Path jar) {
    this.java = java;
    this.jar = jar;
  }

  /** Whether a JVM of this kind takes {@code file}, every byte of it, for this jar. */
  boolean isGood(Path file) throws IOException, InterruptedException {
    if (!Files.exists(file)) {
      return false;
    }
    Process check = run(
        List.of("-Xshare:on", "-XX:+VerifySharedSpaces", "-XX:SharedArchiveFile=" + file),
        List.of("version"),
        Redirect.DISCARD);
    return ended(check) && check.exitValue() == 0;
  }

  /** Makes {@code file}, or leaves what is there. */
  void make(Path file) throws IOException, InterruptedException, CommandFailure {
    Path folder = Files.createTempDirectory("appliance-archive");
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(next);
      runOnce(folder, next);
      if (!isGood(next)) {
        throw failure("the JVM does not take the archive that it has made", folder);
      }
      try (FileChannel written = FileChannel.open(next, StandardOpenOption.READ)) {
        written.force(true);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(next);
      delete(folder);
    }
  }

  private void runOnce(Path folder, Path archive)
      throws IOException, InterruptedException, CommandFailure {
    Files.writeString(Files.createDirectory(folder.resolve("site")).resolve("index.html"), "-\n");
    int[] ports = freePorts();
    Process node = run(
        List.of("-XX:ArchiveClassesAtExit=" + archive),
        settings(folder, ports),
        Redirect.to(log(folder).toFile()));
    try {
      await(node, "http://127.0.0.1:" + ports[2] + "/healthz", folder);
      answers("http://127.0.0.1:" + ports[1] + "/");
    } finally {
      node.destroy(); // SIGTERM: the JVM writes the archive on its way out
      if (!ended(node)) {
        node.destroyForcibly();
      }
    }
  }

  private static List<String> settings(Path folder, int[] ports) {
    return List.of(
        "--join=archive",
        "--name=archive",
        "--bind=127.0.0.1",
        "--port=" + ports[0],
        "--peers=127.0.0.1:" + ports[0],
        "--http=127.0.0.1:" + ports[1],
        "--admin=127.0.0.1:" + ports[2],
        "--data=" + folder.resolve("data"),
        "--site=" + folder.resolve("site"),
        "--media=" + folder.resolve("media"));
  }

  /** The first of ten for the cluster, one for the public, one for the admin. */
  private static int[] freePorts() throws IOException {
    for (int first = 20_000; first < 30_000; first += 20) {
      if (Stream.iterate(first, port -> port + 1).limit(12).allMatch(ClassArchive::isFree)) {
        return new int[] {first, first + 10, first + 11};
      }
    }
    throw new IOException("no twelve free ports between 20000 and 30000");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static void await(Process node, String url, Path folder)
      throws InterruptedException, CommandFailure {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
    while (!answers(url)) {
      if (!node.isAlive() || System.nanoTime() - deadline > 0) {
        throw failure("the node that was to make it did not start", folder);
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private static boolean answers(String url) {
    try {
      URL address = URI.create(url).toURL();
      HttpURLConnection connection = (HttpURLConnection) address.openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout(HTTP_MILLIS_MAX);
      connection.setReadTimeout(HTTP_MILLIS_MAX);
      return connection.getResponseCode() == 200;
    } catch (IOException e) {
      return false; // not yet
    }
  }

  private Process run(List<String> options, List<String> arguments, Redirect output)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(java.toString()));
    command.addAll(QUIET);
    command.addAll(options);
    command.addAll(List.of("-jar", jar.toString()));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("APPLIANCE_") || name.equals("NOTIFY_SOCKET"));
    return builder.start();
  }

  private static boolean ended(Process process) throws InterruptedException {
    return process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS);
  }

  private static Path log(Path folder) {
    return folder.resolve("log");
  }

  private static CommandFailure failure(String what, Path folder) {
    String said = "";
    try (Stream<String> lines = Files.lines(log(folder))) {
      said = lines.reduce((first, second) -> second).orElse("");
    } catch (IOException e) {
      said = e.toString();
    }
    return new CommandFailure(
        ExitCode.FAILED, "No archive: " + what + " (" + said + "). Starts work without it.");
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
