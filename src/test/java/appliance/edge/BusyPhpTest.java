package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.SiteConfig;
import appliance.fastcgi.FastCgiLimits;
import appliance.testing.PhpFpm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Php of one child, which is at work, and the checks of another node. */
final class BusyPhpTest {

  private static final FastCgiLimits ONE = new FastCgiLimits(
      1,
      FastCgiLimits.DEFAULTS.queueMax(),
      FastCgiLimits.DEFAULTS.times(),
      FastCgiLimits.DEFAULTS.sizes());

  private static final String CHECK = RawClient.head(
      "GET / HTTP/1.1", "Host: shop.example", "Appliance-Site: shop", "Appliance-Relay-Check: 1");

  @TempDir
  private Path folder = Path.of("");

  @Test
  void one_that_has_no_child_free_need_not_answer_to_be_known_to_work() throws Exception {
    Path begun = folder.resolve("begun");
    Path goOn = folder.resolve("go-on");
    Path socket = folder.resolve("fpm.sock");
    try (PhpFpm fpm = new PhpFpm(folder, socket.toString(), 1);
        SitePair pair = new SitePair(
            has(Optional.of(root(begun, goOn)), Optional.of(socket)),
            has(Optional.empty(), Optional.empty()),
            php -> php.with(ONE));
        RawClient held = new RawClient(pair.here.port());
        RawClient forging = new RawClient(pair.there.port())) {
      fpm.start();
      for (Edge edge : List.of(pair.here, pair.there)) {
        Site.await("it is known to work", () -> edge.health(SitePair.HERE).healthy());
      }
      Site.await("php itself is asked", () -> !isExcused(pair));
      held.send(RawClient.head("GET /?hold HTTP/1.1", "Host: shop.example"));
      Site.await("its child is at work", () -> Files.exists(begun));
      assertTrue(isExcused(pair));
      forging.send(CHECK);
      Site.await("it waits at the other node", () -> underWay(pair) == 1);
      assertTrue(pair.there.health(SitePair.HERE).healthy());
      Files.createFile(goOn);
      assertEquals("done", held.reply().text());
      assertEquals("done", forging.reply().text());
      Site.await("php itself is asked", () -> !isExcused(pair));
    }
  }

  @Test
  void one_that_answered_errors_is_not_back_for_having_no_child_free() throws Exception {
    Path begun = folder.resolve("begun");
    Path goOn = folder.resolve("go-on");
    Path socket = folder.resolve("fpm.sock");
    Path broken = folder.resolve("broken");
    try (PhpFpm fpm = new PhpFpm(folder, socket.toString(), 1);
        SitePair pair = new SitePair(
            has(Optional.of(root(begun, goOn)), Optional.of(socket)),
            has(Optional.empty(), Optional.empty()),
            php -> php.with(ONE));
        RawClient held = new RawClient(pair.here.port())) {
      fpm.start();
      for (Edge edge : List.of(pair.here, pair.there)) {
        Site.await("it is known to work", () -> edge.health(SitePair.HERE).healthy());
      }
      Files.createFile(broken);
      Site.await("it is out", () -> reason(pair).startsWith("site shop: status 500 at "));
      held.send(RawClient.head("GET /?hold HTTP/1.1", "Host: shop.example"));
      Site.await("its child is at work", () -> Files.exists(begun));
      int before = pair.putOff.get();
      // Until the last of these is asked for, more have been looked at than bring it back.
      Site.await("checks are put off", () -> pair.putOff.get() > before + 3);
      assertTrue(reason(pair).startsWith("site shop: status 500 at "), reason(pair));
      Files.createFile(goOn);
      assertEquals("done", held.reply().text());
      Files.delete(broken);
      Site.await("it is back", () -> pair.there.health(SitePair.HERE).healthy());
    }
  }

  private static String reason(SitePair pair) {
    return pair.there.health(SitePair.HERE).reason();
  }

  @Test
  void a_check_by_a_relay_says_that_it_is_one_and_another_does_not() throws Exception {
    try (RawApp own = RawApp.saying("own");
        RawApp app = RawApp.saying("another node's");
        Site site = new Site(own, app)) {
      assertFalse(app.lastCheck.contains("Appliance-Relay-Check"), app.lastCheck);
      site.application(1, Optional.of(URI.create("fastcgi://127.0.0.1:9000")));
      Site.await("the relay is asked", () -> app.lastCheck.contains("Appliance-Relay-Check: 1"));
    }
  }

  /** Whether the relay answers a check for itself, as php has no child free. */
  private static boolean isExcused(SitePair pair) {
    try {
      return RawClient.ask(pair.relayPort(SitePair.HERE), CHECK).status() == 204;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What clients of the other node wait for. */
  private static int underWay(SitePair pair) {
    return ((Number) pair.there.source().read().json().getOrDefault("active", 0)).intValue();
  }

  private static Path root(Path begun, Path goOn) throws IOException {
    Path root = Files.createDirectories(begun.resolveSibling("shop"));
    Files.writeString(
        root.resolve("index.php"),
        "<?php if (isset($_GET['hold'])) { touch('" + begun + "');"
            + " while (!file_exists('" + goOn + "')) { clearstatcache(); usleep(10000); } }"
            + " elseif (file_exists('" + goOn.resolveSibling("broken")
            + "')) { http_response_code(500); header('Appliance-Relay-Busy: 1'); }"
            + " echo 'done';");
    return root;
  }

  private static SitePair.Has has(Optional<Path> root, Optional<Path> socket) {
    Optional<SiteConfig.Application> app = socket.map(php -> new SiteConfig.Application(
        List.of(URI.create("fastcgi+unix:" + php)), Optional.of("/index.php")));
    SiteConfig site = new SiteConfig("shop", List.of("shop.example"), List.of("admin."), root, app);
    return new SitePair.Has(Optional.empty(), Optional.empty(), List.of(site));
  }
}
