package appliance.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a test with processes stands on: a folder of its own below {@code target/scenario}, everything
 * closed at the end in reverse order, and the last lines of every log if the test failed. In a static field
 * all tests of the class stand on the same one.
 */
public final class Scenario
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final List<NodeProcess> nodes = new ArrayList<>();
  private Path folder = Path.of("target");
  private boolean shared;

  /** Called for one in a static field only. */
  @Override
  public void beforeAll(ExtensionContext context) {
    shared = true;
    begin(folderOf(context));
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    if (!shared) {
      begin(folderOf(context).resolve(context.getRequiredTestMethod().getName()));
    }
  }

  private static Path folderOf(ExtensionContext context) {
    return Path.of(System.getProperty("project.directory", "."))
        .toAbsolutePath()
        .normalize()
        .resolve("target/scenario")
        .resolve(context.getRequiredTestClass().getSimpleName());
  }

  private void begin(Path fresh) {
    folder = fresh;
    Folders.delete(folder);
    folder("");
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    tellIfFailed(context);
    if (!shared) {
      closeAll();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    tellIfFailed(context);
    closeAll();
  }

  private void tellIfFailed(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      nodes.forEach(node -> System.out.println(node.logTail()));
    }
  }

  private void closeAll() throws Exception {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }

  /** A folder of this scenario's own, made if it is not there. */
  public Path folder(String name) {
    try {
      return Files.createDirectories(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes {@code resource} when the scenario is over. */
  public <T extends AutoCloseable> T owns(T resource) {
    opened.push(resource);
    if (resource instanceof NodeProcess node) {
      nodes.add(node);
    }
    return resource;
  }
}
