package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.ClientsConfig;
import appliance.config.EdgeConfig;
import appliance.config.HttpsConfig;
import appliance.config.Network;
import appliance.config.RequestLimits;
import appliance.config.TrafficConfig;
import appliance.edge.hot.HotAnswers;
import appliance.fastcgi.FastCgi;
import appliance.fastcgi.FastCgiConfig;
import appliance.fastcgi.PhpAddress;
import appliance.files.FileRoot;
import appliance.files.StaticFiles;
import appliance.model.HostPort;
import appliance.testing.Certificates;
import appliance.testing.Finished;
import appliance.testing.PhpFpm;
import io.undertow.server.HttpHandler;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A site as WordPress has it, its files and its php-fpm, over TLS: HTTP/1.1 and HTTP/2 alike. */
final class PhpSiteOverTlsTest {

  @TempDir
  private Path folder = Path.of("");

  private final List<AutoCloseable> open = new ArrayList<>();
  private final byte[] large = new byte[3 << 20];
  private int port;

  @BeforeEach
  void serve() throws IOException {
    new Random(5).nextBytes(large);
    Path root = Files.createDirectories(folder.resolve("site"));
    Path uploads = Files.createDirectories(root.resolve("wp-content/uploads"));
    Files.writeString(
        root.resolve("index.php"),
        "<?php header('X-Front: yes'); foreach (['REQUEST_URI','HTTPS','REMOTE_ADDR','SERVER_NAME',"
            + "'SERVER_PORT','REQUEST_SCHEME'] as $n) echo $n, '=', $_SERVER[$n] ?? '', \"\\n\";"
            + " echo 'BODY=', file_get_contents('php://input');");
    Files.writeString(root.resolve("style.css"), "body { color: black }");
    Files.write(root.resolve("large.bin"), large);
    Files.writeString(uploads.resolve("shell.php"), "<?php echo 'never';");
    Files.writeString(root.resolve(".env"), "SECRET=1");
    Path socket = folder.resolve("fpm.sock");
    PhpFpm fpm = new PhpFpm(folder, socket.toString(), 2).start();
    open.add(fpm);
    FastCgi php =
        new FastCgi(FastCgiConfig.of(PhpAddress.parse(URI.create("fastcgi+unix:" + socket)), root));
    Edge edge = edge(php, root);
    open.add(edge);
    edge.start();
    port = edge.httpsPort();
    Site.await("php is ready", () -> !edge.rotation().ready().isEmpty());
  }

  /** The files, to be closed after the edge. */
  private HttpHandler files(Path root, HttpHandler next, HotAnswers repeats) {
    StaticFiles files = new StaticFiles(FileRoot.site(root), next, repeats::offer);
    open.add(0, files);
    return files;
  }

  private Edge edge(FastCgi php, Path root) {
    HostPort any = new HostPort("127.0.0.1", 0);
    Path certificate = Certificates.make(folder, "site", "shop.example");
    EdgeConfig config = new EdgeConfig(
        any,
        Optional.of(new HttpsConfig(any, List.of(certificate))),
        Optional.of(root),
        Optional.of(URI.create("fastcgi+unix:/unused")),
        List.of(),
        TrafficConfig.DEFAULTS,
        new ClientsConfig(
            List.of(Network.parse("127.0.0.1")),
            false,
            0,
            Duration.ZERO,
            Optional.empty(),
            RequestLimits.DEFAULTS));
    return PhpSite.edge(config, php, (next, repeats) -> files(root, next, repeats), Site.HEALTH);
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private String curl(String version, String path, String... arguments) {
    List<String> command = new ArrayList<>(List.of(
        "curl",
        "-sSk",
        "--max-time",
        "60",
        "--http" + version,
        "--resolve",
        "shop.example:" + port + ":127.0.0.1",
        "https://shop.example:" + port + path));
    command.addAll(Arrays.asList(arguments));
    return Finished.of(command, Map.of(), folder).output();
  }

  @Test
  void php_learns_who_came_how_by_the_front_controller() {
    for (String version : List.of("1.1", "2")) {
      String page = curl(version, "/a/post?x=1", "-H", "X-Forwarded-For: 192.0.2.1", "-d", "k=v");
      String expected = "REQUEST_URI=/a/post?x=1\nHTTPS=on\nREMOTE_ADDR=192.0.2.1\n"
          + "SERVER_NAME=shop.example\nSERVER_PORT=" + port + "\nREQUEST_SCHEME=https\nBODY=k=v";
      assertEquals(expected, page);
    }
  }

  @Test
  void head_says_nothing_of_a_length_that_php_does_not() {
    for (String version : List.of("1.1", "2")) {
      String head = curl(version, "/a/post", "-I").toLowerCase(Locale.ROOT);
      assertTrue(head.contains("x-front: yes"), head);
      assertFalse(head.contains("content-length"), head);
    }
  }

  @Test
  void files_are_whole_in_part_or_not_modified_as_over_plain_http() throws Exception {
    for (String version : List.of("1.1", "2")) {
      assertEquals("body { color: black }", curl(version, "/style.css"));
      Path got = folder.resolve("got-" + version);
      for (int i = 0; i < 3; i++) {
        assertEquals("", curl(version, "/large.bin", "-o", got.toString()));
        assertArrayEquals(large, Files.readAllBytes(got));
      }
      curl(version, "/large.bin", "-r", "1000-2000999", "-o", got.toString());
      assertArrayEquals(Arrays.copyOfRange(large, 1000, 2_001_000), Files.readAllBytes(got));
      String head = curl(version, "/style.css", "-I");
      assertTrue(head.toLowerCase(Locale.ROOT).contains("content-length: 21"), head);
      String etag = head.lines()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("etag: "))
          .findFirst()
          .orElseThrow()
          .substring(6)
          .strip();
      assertEquals("304", status(version, "/style.css", "-H", "If-None-Match: " + etag));
    }
  }

  @Test
  void secrets_and_uploaded_scripts_stay_where_they_are() {
    for (String version : List.of("1.1", "2")) {
      assertEquals("404", status(version, "/.env"));
      assertEquals("404", status(version, "/wp-content/uploads/shell.php"));
      assertFalse(curl(version, "/wp-content/uploads/shell.php/x").contains("never"));
    }
  }

  private String status(String version, String path, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("-o", "/dev/null", "-w", "%{response_code}"));
    return curl(version, path, all.toArray(String[]::new));
  }
}
