package appliance.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import appliance.testing.PhpFpm;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two sites that use one php-fpm, which has fewer children than both may have connections. */
final class PhpServersTest {

  private static final int CHILDREN = 2;

  @TempDir
  private Path folder = Path.of("");

  private final PhpServers servers = new PhpServers();
  private final List<AutoCloseable> open = new ArrayList<>();
  private URI address = URI.create("fastcgi+unix:/none");

  @BeforeEach
  void start_php() throws IOException {
    Path socket = folder.resolve("fpm.sock");
    address = URI.create("fastcgi+unix:" + socket);
    open.add(new PhpFpm(folder, socket.toString(), CHILDREN).start());
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private static final int CROWD = 40;
  private static final int FEW_WAIT = 4;

  /** A connection that is not used is kept for longer than the test takes. */
  private Front site(String name) throws IOException {
    Path root = Files.createDirectories(folder.resolve(name));
    Files.writeString(root.resolve("index.php"), "<?php usleep(2000); echo '" + name + "';");
    FastCgiConfig config = FastCgiConfig.of(PhpAddress.parse(address), root);
    FastCgiLimits limits =
        PhpLimits.keepAlive(PhpLimits.connections(config.limits(), CHILDREN), Duration.ofHours(1));
    Front front = new Front(new FastCgi(config.with(limits), servers, name), 1);
    open.add(front);
    return front;
  }

  private static void load(Front site, AtomicBoolean over) {
    while (!over.get()) {
      try {
        site.body("/");
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void children_that_one_site_keeps_in_vain_are_free_for_the_other() throws Exception {
    Front shop = site("shop");
    Front docs = site("docs");
    List<CompletableFuture<Void>> busy = new ArrayList<>();
    AtomicBoolean over = new AtomicBoolean();
    for (int i = 0; i < 2 * CHILDREN; i++) {
      busy.add(CompletableFuture.runAsync(() -> load(shop, over)));
    }
    Await.until(
        "the shop has all children", () -> shop.status("idle") + shop.status("active") == CHILDREN);
    for (int i = 0; i < 20; i++) {
      assertEquals("docs", docs.body("/"));
    }
    over.set(true);
    busy.forEach(CompletableFuture::join);
    assertEquals("shop", shop.body("/"));
    assertEquals("docs", docs.body("/"));
    assertEquals(0, docs.status("refused") + shop.status("refused"));
  }

  /** Each writes down that it runs, and takes its time. */
  private Front slowSite(String name, int queue) throws IOException {
    Path root = Files.createDirectories(folder.resolve(name));
    Files.writeString(
        root.resolve("index.php"),
        "<?php file_put_contents('" + runs() + "', '" + name
            + "\n', FILE_APPEND | LOCK_EX); usleep(100000); echo '" + name + "';");
    FastCgiConfig config = FastCgiConfig.of(PhpAddress.parse(address), root);
    FastCgiLimits limits = PhpLimits.queue(
        PhpLimits.connections(config.limits(), CHILDREN), queue, Duration.ofMinutes(10));
    Front front = new Front(new FastCgi(config.with(limits), servers, name), 1);
    open.add(front);
    return front;
  }

  private Path runs() {
    return folder.resolve("runs");
  }

  private static List<CompletableFuture<Void>> crowd(Front site, AtomicBoolean over) {
    List<CompletableFuture<Void>> crowd = new ArrayList<>();
    ExecutorService own = Executors.newCachedThreadPool();
    for (int i = 0; i < CROWD; i++) {
      crowd.add(CompletableFuture.runAsync(() -> load(site, over), own));
    }
    own.shutdown();
    return crowd;
  }

  /** By the order in which php runs them, whatever time that takes. */
  @Test
  void one_site_does_not_wait_for_all_that_another_has_waiting() throws Exception {
    Front shop = slowSite("shop", CROWD);
    Front docs = slowSite("docs", CROWD);
    AtomicBoolean over = new AtomicBoolean();
    List<CompletableFuture<Void>> crowd = crowd(shop, over);
    Await.until("the shop has a queue", () -> shop.status("queued") == CROWD - CHILDREN);
    int before = Files.readAllLines(runs()).size();
    assertEquals("docs", docs.body("/"));
    int turn = Files.readAllLines(runs()).indexOf("docs") - before;
    over.set(true);
    crowd.forEach(CompletableFuture::join);
    assertTrue(turn < CROWD / 2, turn + " of the shop were before it");
  }

  @Test
  void a_site_whose_queue_is_full_has_nobody_else_refused() throws Exception {
    Front shop = slowSite("shop", FEW_WAIT);
    Front docs = slowSite("docs", FEW_WAIT);
    AtomicBoolean over = new AtomicBoolean();
    List<CompletableFuture<Void>> crowd = crowd(shop, over);
    Await.until("the shop's queue is full", () -> shop.status("refused") > 0);
    for (int i = 0; i < FEW_WAIT; i++) {
      assertEquals("docs", docs.body("/"));
    }
    over.set(true);
    crowd.forEach(CompletableFuture::join);
    assertEquals(0, docs.status("refused"));
  }
}
