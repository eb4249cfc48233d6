package appliance.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A witness as the service of its machine starts it: by {@code dist/appliance}, with the environment of
 * {@code dist/witness.conf}, within a limit of memory.
 */
public final class WitnessProcess implements AutoCloseable {

  private static final Path DIST =
      Path.of(System.getProperty("project.directory", "."), "dist").toAbsolutePath();
  private static final String VARIABLE = "Environment=";
  private static final long EXIT_SECONDS_MAX = 60;

  private final NodeSettings settings;
  private final MemoryLimit limit;
  private @Nullable Process process;

  public WitnessProcess(NodeSettings settings, MemoryLimit limit) {
    this.settings = settings.with("--http", "");
    this.limit = limit;
  }

  /** Starts the process and returns at once. */
  public WitnessProcess start() {
    try {
      Files.createDirectories(settings.folder());
      TestSecret.write(settings.secretFile());
      List<String> command = new ArrayList<>(List.of(DIST.resolve("appliance").toString()));
      command.addAll(settings.arguments());
      ProcessBuilder builder = new ProcessBuilder(limit.around(command))
          .directory(settings.folder().toFile())
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
      builder.environment().putAll(serviceEnvironment());
      builder
          .environment()
          .put("APPLIANCE_JAR", NodeProcess.jar().toAbsolutePath().toString());
      builder.environment().put("APPLIANCE_ARCHIVE", "none");
      process = builder.start();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> serviceEnvironment() throws IOException {
    Map<String, String> environment = new LinkedHashMap<>();
    for (String line : Files.readAllLines(DIST.resolve("witness.conf"))) {
      if (line.startsWith(VARIABLE)) {
        String[] pair = line.substring(VARIABLE.length()).replace("\"", "").split("=", 2);
        environment.put(pair[0], pair[1]);
      }
    }
    return environment;
  }

  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** What it has written, over all its starts. */
  public String told() {
    try {
      return Files.exists(log()) ? Files.readString(log()) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path log() {
    return settings.folder().resolve("node.log");
  }

  /** SIGKILL; returns when the process is gone. */
  @Override
  public void close() {
    Process running = process;
    if (running == null) {
      return;
    }
    running.destroyForcibly();
    try {
      if (!running.waitFor(EXIT_SECONDS_MAX, TimeUnit.SECONDS)) {
        throw new AssertionError("the witness did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
