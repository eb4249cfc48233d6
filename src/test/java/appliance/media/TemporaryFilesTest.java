package appliance.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Programs write a file under a name that it has for a moment, next to its later place. */
final class TemporaryFilesTest {

  @TempDir
  private Path ground = Path.of("");

  private final Logger logger = (Logger) LoggerFactory.getLogger(Transfers.class);
  private final ListAppender<ILoggingEvent> told = new ListAppender<>();

  @BeforeEach
  void listen() {
    told.start();
    logger.addAppender(told);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(told);
  }

  @Test
  void one_that_has_its_real_name_before_it_is_fetched_is_nothing_to_tell() throws Exception {
    AtomicInteger missed = new AtomicInteger();
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.wire((to, request) -> {
        Path asked = to.file(String.valueOf(request.parameters().get("path")));
        if (request.path().equals("content") && asked.toString().endsWith(".tmp")) {
          missed.incrementAndGet();
          Files.move(asked, to.file("picture.jpg"));
        }
        return to.answer(request);
      });
      Files.write(nodes.get(0).file("picture.tmp"), new byte[Outbox.INLINE_BYTES_MAX + 1]);
      Nodes.await("the picture is there", () -> Files.exists(nodes.get(1).file("picture.jpg")));
      nodes.awaitEqual();
      assertEquals("", nodes.get(1).media().source().read().json().get("failedPath"));
    }
    assertTrue(missed.get() > 0);
    List<String> warnings = told.list.stream()
        .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
    assertEquals(List.of(), warnings);
  }
}
