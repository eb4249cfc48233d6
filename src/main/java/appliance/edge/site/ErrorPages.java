package appliance.edge.site;

import appliance.edge.exchange.Ending;
import appliance.edge.exchange.RequestBody;
import appliance.edge.proxy.Forwarder;
import appliance.edge.upstream.Failure;
import appliance.runtime.Loop;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pages that say that no application answers: an operator's, from {@code STATUS.html} in a folder that
 * is looked at again and again, or plain text. A loop of its own reads the files; any thread may answer.
 */
public final class ErrorPages implements Forwarder.Refusal, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ErrorPages.class);

  private static final Duration LOOK_PERIOD = Duration.ofSeconds(2);
  private static final int LOOP_TASKS_MAX = 10;
  private static final int PAGE_BYTES_MAX = 256 * 1024;

  private static final Set<Integer> STATUSES = java.util.Arrays.stream(Failure.Kind.values())
      .map(kind -> kind.status)
      .collect(Collectors.toCollection(TreeSet::new));

  private final Optional<Path> folder;
  private final @Nullable Loop loop;
  private volatile Map<Integer, ByteBuffer> pages = Map.of();
  private String problem = "";

  /**
   * @param folder of the operator's pages; without it all are plain text
   */
  public ErrorPages(Optional<Path> folder) {
    this.folder = folder;
    loop = folder.isPresent() ? new Loop("error-pages", LOOP_TASKS_MAX) : null;
  }

  /** Returns once the pages that are there can be answered with. */
  public void start() {
    if (loop != null) {
      look();
      loop.every(LOOK_PERIOD, this::look);
    }
  }

  private void look() {
    Map<Integer, ByteBuffer> found = new HashMap<>();
    String wrong = "";
    for (int status : STATUSES) {
      Path file = folder.orElseThrow().resolve(status + ".html");
      try {
        if (Files.size(file) > PAGE_BYTES_MAX) {
          throw new IOException("larger than 256 KiB");
        }
        found.put(status, ByteBuffer.wrap(Files.readAllBytes(file)).asReadOnlyBuffer());
      } catch (NoSuchFileException e) {
        log.trace("No page of its own for {}", status);
      } catch (IOException e) {
        wrong = file + " is not used: " + e;
      }
    }
    pages = Map.copyOf(found);
    if (!wrong.isEmpty() && !wrong.equals(problem)) {
      log.warn("{}", wrong);
    }
    problem = wrong;
  }

  /** Where no application is, there are files at most: who would do more than read is told so. */
  @Override
  public void answer(RequestBody body, Failure failure) {
    HttpString method = body.exchange().getRequestMethod();
    boolean reads = method.equals(Methods.GET) || method.equals(Methods.HEAD);
    if (failure.kind() == Failure.Kind.NOTHING_HERE && !reads) {
      Ending.readOnly(body);
    } else {
      page(body, failure.kind().status, failure.words());
    }
  }

  @Override
  public void page(RequestBody body, int status, String words) {
    ByteBuffer page = pages.get(status);
    if (page == null) {
      Ending.page(body, status, words);
    } else {
      Ending.html(body, status, page.duplicate());
    }
  }

  @Override
  public void close() {
    if (loop != null) {
      loop.close();
    }
  }
}
