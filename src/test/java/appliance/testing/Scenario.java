package appliance.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a test with processes stands on: a folder of its own below {@code target/scenario}, everything
 * closed at the end in reverse order, and the last lines of every log if the test failed.
 */
public final class Scenario implements BeforeEachCallback, AfterEachCallback {

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final List<NodeProcess> nodes = new ArrayList<>();
  private Path folder = Path.of("target");

  @Override
  public void beforeEach(ExtensionContext context) {
    folder = Path.of(System.getProperty("project.directory", "."))
        .toAbsolutePath()
        .normalize()
        .resolve("target/scenario")
        .resolve(context.getRequiredTestClass().getSimpleName())
        .resolve(context.getRequiredTestMethod().getName());
    Folders.delete(folder);
    folder("");
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    if (context.getExecutionException().isPresent()) {
      nodes.forEach(node -> System.out.println(node.logTail()));
    }
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }

  /** A folder of this test's own, made if it is not there. */
  public Path folder(String name) {
    try {
      return Files.createDirectories(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes {@code resource} when the test is over. */
  public <T extends AutoCloseable> T owns(T resource) {
    opened.push(resource);
    if (resource instanceof NodeProcess node) {
      nodes.add(node);
    }
    return resource;
  }
}
