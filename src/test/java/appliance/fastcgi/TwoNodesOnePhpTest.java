package appliance.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.Await;
import appliance.testing.PhpFpm;
import appliance.testing.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes before one php-fpm: each may have as many connections as that has children. */
final class TwoNodesOnePhpTest {

  private static final int CHILDREN = 4;
  private static final int CROWD = 2 * CHILDREN;
  private static final int ANSWERS = 20;
  private static final Duration WAIT = Duration.ofSeconds(15);

  @TempDir
  private Path folder = Path.of("");

  private final AtomicBoolean over = new AtomicBoolean();
  private final ExecutorService clients = Executors.newCachedThreadPool();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final int port = Ports.free();

  @BeforeEach
  void start_php() throws IOException {
    Files.writeString(folder.resolve("index.php"), "<?php usleep(2000); echo 'fine';");
    open.add(new PhpFpm(folder, "127.0.0.1:" + port, CHILDREN).start());
  }

  @AfterEach
  void close() throws Exception {
    over.set(true);
    clients.shutdown();
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private Front node() {
    FastCgiConfig config =
        FastCgiConfig.of(PhpAddress.parse(URI.create("fastcgi://127.0.0.1:" + port)), folder);
    FastCgiLimits limits =
        PhpLimits.queue(PhpLimits.connections(config.limits(), CHILDREN), CROWD, WAIT);
    Front front = new Front(config.with(limits), 2);
    open.add(front);
    return front;
  }

  /** Counts its answers; returns when the test is over. */
  private CompletableFuture<Void> client(Front node, AtomicInteger answers) {
    return CompletableFuture.runAsync(
        () -> {
          while (!over.get()) {
            try {
              assertEquals("fine", node.body("/"));
              answers.incrementAndGet();
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          }
        },
        clients);
  }

  private CompletableFuture<Void> crowd(Front node, AtomicInteger answers) {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      all.add(client(node, answers));
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
  }

  @Test
  void a_crowd_at_one_starves_none_at_the_other() throws Exception {
    Front here = node();
    Front there = node();
    AtomicInteger answersHere = new AtomicInteger();
    CompletableFuture<Void> crowd = crowd(here, answersHere);
    Await.until("all children are taken", () -> here.status("active") >= CHILDREN);
    for (int i = 0; i < ANSWERS; i++) {
      assertEquals("fine", there.body("/"));
    }
    over.set(true);
    crowd.join();
    assertEquals(List.of(), here.unsent);
    assertEquals(List.of(), there.unsent);
  }
}
