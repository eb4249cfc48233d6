package appliance.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A command that has run to its end.
 *
 * @param output what it wrote to stdout and stderr
 */
public record Finished(int exitCode, String output) {

  private static final long SECONDS_MAX = 240;

  /** Runs a command to its end; one that hangs is ended and fails the test. */
  public static Finished of(List<String> command, Map<String, String> environment, Path folder) {
    try {
      Files.createDirectories(folder);
      Path output = Files.createTempFile(folder, "command-", ".log");
      ProcessBuilder builder = new ProcessBuilder(command)
          .directory(folder.toFile())
          .redirectErrorStream(true)
          .redirectInput(new java.io.File("/dev/null"))
          .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " hangs: " + Files.readString(output));
      }
      return new Finished(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
