package appliance.edge.hot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.AccessLogConfig;
import appliance.config.RequestLimits;
import appliance.config.TrafficConfig;
import appliance.edge.Mutation;
import appliance.edge.RawApp;
import appliance.edge.RawClient;
import appliance.edge.Site;
import appliance.files.FileRoot;
import appliance.files.Repeats;
import appliance.files.StaticFiles;
import appliance.model.MemberState;
import appliance.testing.Seed;
import io.undertow.server.HttpHandler;
import io.undertow.util.HttpString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hot files are answered before the parser, and nobody can tell. */
final class HotAnswersTest {

  private static final int REQUESTS = 3_000;
  private static final int ATTEMPTS = 20;
  private static final String PLAIN = "GET /hot.txt HTTP/1.1\r\nHost: x\r\n\r\n";

  @TempDir
  private Path folder;

  @BeforeEach
  void write_the_files() throws IOException {
    write("hot.txt", "hot content\n".repeat(100));
    write("large.bin", "x".repeat(60_000));
    write("folder/index.html", "<p>index</p>");
  }

  private void write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Path next = folder.resolve("next");
    Files.writeString(next, content);
    Files.setLastModifiedTime(next, FileTime.from(Instant.parse("2026-01-02T03:04:05Z")));
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private Site hot(RawApp app) {
    return hot(TrafficConfig.DEFAULTS, app);
  }

  private Site hot(TrafficConfig traffic, RawApp... apps) {
    return new Site(
        traffic,
        (application, repeats) ->
            new StaticFiles(FileRoot.site(folder), application, repeats::offer),
        apps);
  }

  private Site cold(RawApp app) {
    return new Site(
        TrafficConfig.DEFAULTS,
        (application, repeats) -> new StaticFiles(FileRoot.site(folder), application, Repeats.NONE),
        app);
  }

  private static long answeredHot(Site site) {
    return site.status("hotAnswers").longValue();
  }

  /** Asks on one connection until an answer came the short way; returns that. */
  private static RawClient.Reply untilHot(Site site, RawClient client, String request)
      throws IOException {
    for (int i = 0; i < 10_000; i++) {
      long before = answeredHot(site);
      client.send(request);
      RawClient.Reply reply = client.reply(request.startsWith("HEAD"));
      if (answeredHot(site) > before) {
        return reply;
      }
    }
    throw new AssertionError("never answered hot: " + request);
  }

  @Test
  void a_hot_answer_has_the_fields_and_the_content_of_the_one_it_repeats() throws Exception {
    try (RawApp app = RawApp.saying("app");
        Site site = hot(app);
        RawClient client = new RawClient(site.port())) {
      for (String target : new String[] {"/hot.txt", "/large.bin", "/folder/", "/hot.txt?v=1"}) {
        String request = "GET " + target + " HTTP/1.1\r\nHost: x\r\nCookie: a=b\r\n\r\n";
        client.send(request);
        RawClient.Reply first = client.reply();
        RawClient.Reply repeat = untilHot(site, client, request);
        assertEquals(first.text(), repeat.text());
        assertEquals(comparable(first.head()), comparable(repeat.head()));
        RawClient.Reply head = untilHot(site, client, request.replace("GET", "HEAD"));
        assertEquals(comparable(first.head()), comparable(head.head()));
      }
    }
  }

  @Test
  void one_whose_head_is_longer_than_a_buffer_takes_the_long_way() throws Exception {
    try (RawApp app = RawApp.saying("app");
        Site site = new Site(TrafficConfig.DEFAULTS, this::withLongHead, app);
        RawClient client = new RawClient(site.port())) {
      for (int i = 0; i < ATTEMPTS; i++) {
        client.send(PLAIN);
        assertEquals("hot content\n".repeat(100), client.reply(false).text());
      }
      assertEquals(0, answeredHot(site));
    }
  }

  private HttpHandler withLongHead(HttpHandler application, HotAnswers repeats) {
    HttpHandler files = new StaticFiles(FileRoot.site(folder), application, repeats::offer);
    return exchange -> {
      exchange.getResponseHeaders().put(new HttpString("X-Long"), "x".repeat(20_400));
      files.handleRequest(exchange);
    };
  }

  @Test
  void a_hot_answer_is_logged_and_counted_like_any_other() throws Exception {
    Path log = folder.resolve(".access.log");
    TrafficConfig traffic = new TrafficConfig(
        TrafficConfig.DEFAULTS.balance(),
        TrafficConfig.DEFAULTS.health(),
        new AccessLogConfig(Optional.of(log), AccessLogConfig.Format.JSON, 10),
        TrafficConfig.DEFAULTS.quota(),
        TrafficConfig.DEFAULTS.drainTime());
    try (RawApp app = RawApp.saying("app");
        Site site = hot(traffic, app);
        RawClient client = new RawClient(site.port())) {
      untilHot(site, client, "GET /hot.txt?a=b HTTP/1.1\r\nHost: x\r\nUser-Agent: me\r\n\r\n");
      String line = "\"path\":\"/hot.txt\",\"query\":\"a=b\"";
      Site.await(
          "a line that tells of memory",
          () -> read(log)
              .lines()
              .anyMatch(l ->
                  l.contains(line) && l.contains("\"cache\":\"hit\"") && l.contains("\"me\"")));
      long asked = site.status("requests").longValue();
      Site.await("a line for each request", () -> read(log).lines().count() == asked);
    }
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void each_encoding_and_host_gets_its_own() throws Exception {
    try (RawApp app = RawApp.saying("app");
        Site site = hot(app);
        RawClient client = new RawClient(site.port())) {
      String gzip = PLAIN.replace("\r\n\r\n", "\r\nAccept-Encoding: gzip\r\n\r\n");
      assertTrue(untilHot(site, client, gzip).has("Content-Encoding: gzip"));
      assertTrue(!untilHot(site, client, PLAIN).has("Content-Encoding"));
      assertTrue(untilHot(site, client, gzip).has("Content-Encoding: gzip"));
    }
  }

  @Test
  void a_file_that_is_replaced_is_seen_within_the_time_it_is_believed() throws Exception {
    try (RawApp app = RawApp.saying("app");
        Site site = hot(app);
        RawClient client = new RawClient(site.port())) {
      untilHot(site, client, PLAIN);
      write("hot.txt", "another content");
      Site.await("the new content", () -> text(client, PLAIN).equals("another content"));
      Files.delete(folder.resolve("hot.txt"));
      Site.await("the file's end", () -> text(client, PLAIN).equals("app"));
    }
  }

  private static String text(RawClient client, String request) {
    try {
      client.send(request);
      return client.reply().text();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_draining_node_tells_the_clients_of_hot_files_too() throws Exception {
    try (RawApp app = RawApp.saying("app");
        RawApp other = RawApp.saying("app");
        Site site = hot(TrafficConfig.DEFAULTS, app, other);
        RawClient client = new RawClient(site.port())) {
      untilHot(site, client, PLAIN);
      site.state(0, MemberState.DRAINING);
      Site.await("the draining", () -> site.draining());
      client.send(PLAIN);
      assertTrue(client.reply().has("Connection: close"));
    }
  }

  @Test
  void a_connection_ends_after_its_requests_hot_ones_included() throws Exception {
    try (RawApp app = RawApp.saying("app");
        Site site = hot(app);
        RawClient client = new RawClient(site.port())) {
      int max = RequestLimits.DEFAULTS.requestsMax();
      for (int i = 1; i <= max; i++) {
        client.send(PLAIN);
        assertEquals(i == max, client.reply().has("Connection: close"), "request " + i);
      }
      assertTrue(answeredHot(site) > max / 2, answeredHot(site) + " were hot");
    }
  }

  @Test
  void a_slow_reader_gets_a_hot_file_whole_and_the_next_one_too() throws Exception {
    try (RawApp app = RawApp.saying("app");
        Site site = hot(app);
        RawClient warm = new RawClient(site.port());
        RawClient client = new RawClient(site.port())) {
      String large = PLAIN.replace("hot.txt", "large.bin");
      untilHot(site, warm, large);
      int asked = 300; // 18 MB: more than both sockets hold
      Thread asking = new Thread(() -> {
        try {
          for (int i = 0; i < asked; i++) {
            client.send(large);
            Thread.sleep(0, 100_000);
          }
        } catch (IOException | InterruptedException e) {
          throw new IllegalStateException(e);
        }
      });
      asking.start();
      for (int i = 0; i < asked; i++) {
        RawClient.Reply reply = client.reply();
        assertEquals(60_000, reply.text().length());
        if (i == 0) {
          asking.join(2_000);
        }
      }
      Site.await("no request under way", () -> site.status("active").intValue() == 0);
    }
  }

  @Test
  void whatever_is_sent_gets_the_same_answers_as_without() throws Exception {
    long seed = Seed.next();
    Mutation mutation = new Mutation(seed);
    try (RawApp app = RawApp.saying("app");
        Site hot = hot(app);
        Site cold = cold(app)) {
      try (RawClient client = new RawClient(hot.port())) {
        untilHot(hot, client, PLAIN);
      }
      long before = answeredHot(hot);
      for (int i = 0; i < REQUESTS; i++) {
        String request = mutation.next();
        int cut = mutation.cut(request);
        String broken = difference(hot, cold, request, cut);
        assertEquals("", broken, "request " + i + " of seed " + seed + "\n" + request);
      }
      long short_ = answeredHot(hot) - before;
      assertTrue(short_ > REQUESTS / 100, "only " + short_ + " came the short way");
    }
  }

  /**
   * What {@code hot} answers and {@code cold} never does; empty if there is none. A request that is
   * refused for its body may be answered or just cut off, by when its end comes: where less came, it is
   * sent again, and its end later each time.
   */
  private static String difference(Site hot, Site cold, String request, int cut) throws Exception {
    String expected = answers(cold, request, cut, 0);
    String found = answers(hot, request, cut, 0);
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (found.equals(expected)) {
        return "";
      }
      if (found.length() < expected.length()) {
        found = answers(hot, request, cut, attempt);
      } else {
        expected = answers(cold, request, cut, attempt);
      }
    }
    return "hot: " + found + "\ncold: " + expected;
  }

  /** All answers on a connection that has served before, up to its end, but for what passes. */
  private static String answers(Site site, String request, int cut, int pauseMillis)
      throws Exception {
    try (RawClient client = new RawClient(site.port())) {
      client.send(PLAIN);
      client.reply();
      client.send(request.substring(0, cut));
      if (cut < request.length()) {
        Thread.sleep(1);
        sendRest(client, request.substring(cut));
      }
      Thread.sleep(pauseMillis);
      client.socket.shutdownOutput();
      return comparable(new String(toEnd(client.in), StandardCharsets.ISO_8859_1));
    }
  }

  private static void sendRest(RawClient client, String rest) {
    try {
      client.send(rest);
    } catch (IOException e) {
      return; // refused for its beginning already
    }
  }

  /** What came; whether a refusal ends in a reset depends on when the rest of the request came. */
  private static byte[] toEnd(InputStream in) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      for (int b = in.read(); b >= 0; b = in.read()) {
        all.write(b);
      }
    } catch (IOException e) {
      return all.toByteArray();
    }
    return all.toByteArray();
  }

  /** The lines without the date, in any order. */
  private static String comparable(String answers) {
    return Arrays.stream(answers.split("\r\n", -1))
        .filter(line -> !line.startsWith("Date: "))
        .sorted()
        .collect(Collectors.joining("\n"));
  }
}
