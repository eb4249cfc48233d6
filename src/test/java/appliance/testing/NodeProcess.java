package appliance.testing;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real node: the built jar in a process of its own. It may be killed, stopped, paused and started
 * again on the same folders.
 */
public final class NodeProcess implements AutoCloseable {

  private static final long EXIT_SECONDS_MAX = 90;
  private static final int TAIL_LINES = 60;

  /**
   * For a JVM that ends before it could gain from more: it starts in half the time. A run that takes long
   * sets {@code nodes.run.long}.
   */
  private static final List<String> SHORT_LIVED =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private final NodeSettings settings;
  private final Path log;
  private Path program = jar();
  private @Nullable Process process;

  public NodeProcess(NodeSettings settings) {
    this.settings = settings;
    log = settings.folder().resolve("node.log");
  }

  /** The jar that is under test. */
  public static Path jar() {
    Path jar = Path.of(System.getProperty("appliance.jar", "target/appliance.jar"));
    if (!Files.exists(jar)) {
      throw new AssertionError(jar + " is missing; run mvn package first");
    }
    return jar;
  }

  /** Another jar than the one under test, from the next start on. */
  public void program(Path other) {
    program = other;
  }

  public NodeSettings settings() {
    return settings;
  }

  public String name() {
    return settings.name();
  }

  /** Starts the process and returns at once. */
  public NodeProcess start(String... more) {
    List<String> command = javaCommand(!Boolean.getBoolean("nodes.run.long"));
    command.addAll(settings.arguments());
    command.addAll(List.of(more));
    process = launch(command);
    return this;
  }

  /** Starts the process and returns when the node answers for itself as {@code ACTIVE}. */
  public NodeProcess startAndAwait() {
    start();
    awaitActive();
    return this;
  }

  public void awaitActive() {
    Await.until(name() + " is ACTIVE", Await.DEADLINE, this::status, () -> {
      if (!isAlive()) {
        throw new IllegalStateException(name() + " ended by itself");
      }
      return "ACTIVE".equals(member(name()).get("state").getAsString());
    });
  }

  /** Runs another command of the jar against this node, and returns what came of it. */
  public Finished command(String... arguments) {
    List<String> command = javaCommand(true);
    command.addAll(List.of(arguments));
    return Finished.of(command, settings.environment(), settings.folder());
  }

  /** The object of {@code GET /api/status}, asked with this node's own token. */
  public JsonObject status() throws IOException {
    String token = Files.readString(settings.data().resolve("admin.token")).strip();
    Http.Reply reply = Http.request(
        settings.adminPort(),
        "GET",
        "/api/status",
        Map.of("authorization", "Bearer " + token),
        new byte[0]);
    if (reply.status() != 200) {
      throw new IOException("/api/status of " + name() + ": " + reply);
    }
    return JsonParser.parseString(reply.text()).getAsJsonObject();
  }

  /** One member as this node sees it. */
  public JsonObject member(String member) throws IOException {
    for (JsonElement element : status().getAsJsonArray("members")) {
      JsonObject object = element.getAsJsonObject();
      if (member.equals(object.get("name").getAsString())) {
        return object;
      }
    }
    throw new IOException(name() + " does not know a member " + member);
  }

  /** The master's name, or empty. */
  public String master() throws IOException {
    JsonElement master = status().get("master");
    return master == null || master.isJsonNull() ? "" : master.getAsString();
  }

  /** How the local replica is reached, as local programs learn it. */
  public String replicaUrl() throws IOException {
    return Files.readString(settings.data().resolve("replica.jdbc"))
        .lines()
        .findFirst()
        .orElse("");
  }

  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  public long pid() {
    return running().pid();
  }

  /** SIGKILL; returns when the process is gone. */
  public void kill9() {
    running().destroyForcibly();
    awaitExit();
  }

  /** SIGTERM; returns the exit code. */
  public int terminate() {
    running().destroy();
    return awaitExit();
  }

  /** SIGSTOP: the machine hangs, its connections stay. */
  public void pause() {
    signal("STOP");
  }

  public void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    Finished.of(List.of("kill", "-" + name, String.valueOf(pid())), Map.of(), settings.folder());
  }

  /** Waits for the process to end by itself. */
  public int awaitExit() {
    try {
      if (!running().waitFor(EXIT_SECONDS_MAX, TimeUnit.SECONDS)) {
        throw new AssertionError(name() + " did not end within " + EXIT_SECONDS_MAX + " s");
      }
      return running().exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** All that the node has written to stdout and stderr, over all its starts. */
  public String log() {
    try {
      return Files.exists(log) ? Files.readString(log, StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The last lines of the log under a heading, for the report of a failed test. */
  public String logTail() {
    List<String> lines = log().lines().toList();
    return "--- " + log + "\n"
        + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
  }

  private List<String> javaCommand(boolean shortLived) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>(List.of(java, "-Xmx256m"));
    command.addAll(shortLived ? SHORT_LIVED : List.of());
    command.addAll(shortLived ? StartArchive.options() : List.of());
    command.addAll(List.of("-jar", program.toString()));
    return command;
  }

  private Process launch(List<String> command) {
    try {
      Files.createDirectories(settings.folder());
      TestSecret.write(settings.secretFile());
      ProcessBuilder builder = new ProcessBuilder(command)
          .directory(settings.folder().toFile())
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().putAll(settings.environment());
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process running() {
    if (process == null) {
      throw new IllegalStateException(name() + " was never started");
    }
    return process;
  }

  /** Ends the process without ceremony if it still runs. */
  @Override
  public void close() {
    if (isAlive()) {
      kill9();
    }
  }
}
