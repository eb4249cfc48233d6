package appliance.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.edge.upstream.UpstreamLimits;
import appliance.model.ClusterView;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.status.Prometheus;
import appliance.testing.PrometheusText;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of each request: a line in the log, a number in the metrics. */
final class EdgeRecordsTest {

  @TempDir
  private Path folder = Path.of("");

  private Site site(RawApp... apps) {
    return site(UpstreamLimits.DEFAULTS, apps);
  }

  private Site site(UpstreamLimits limits, RawApp... apps) {
    return new Site(limits, Site.logged(folder), apps);
  }

  private List<JsonObject> lines(int count) {
    Path file = folder.resolve("access.log");
    Site.await(count + " lines", () -> Files.exists(file) && read(file).size() >= count);
    return read(file).stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  private static List<String> read(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "DELETE"})
  void a_request_is_told_with_its_upstream_its_times_and_the_id_that_the_application_got(
      String method) throws Exception {
    try (RawApp a = new RawApp(request -> {
          Thread.sleep(20);
          request.ok("hello");
        });
        Site site = site(a)) {
      RawClient.ask(
          site.port(),
          RawClient.head(
              method + " /p%20q?x=1 HTTP/1.1",
              "Host: shop.example",
              "User-Agent: \"me\"",
              "X-Request-ID: mine"));
      JsonObject line = lines(1).get(0);
      assertEquals("/p%20q", line.get("path").getAsString());
      assertEquals("x=1", line.get("query").getAsString());
      assertEquals("\"me\"", line.get("agent").getAsString());
      assertEquals("127.0.0.1", line.get("client").getAsString());
      assertEquals(200, line.get("status").getAsInt());
      assertEquals(5, line.get("bytes").getAsInt());
      assertEquals("a", line.get("upstream").getAsString());
      double first = line.get("firstByteSeconds").getAsDouble();
      assertTrue(first >= 0.02 && line.get("seconds").getAsDouble() >= first, line.toString());
      assertTrue(line.get("connectSeconds").getAsDouble() >= 0, line.toString());
      String id = line.get("id").getAsString();
      assertTrue(a.heads.get(0).contains("\r\nX-Request-ID: " + id + "\r\n"), a.heads.get(0));
    }
  }

  @Test
  void what_is_refused_is_told_too() throws Exception {
    try (RawApp a = RawApp.saying("a");
        Site site = site(a)) {
      RawClient.get(site.port(), "/a/%2e%2e/b");
      JsonObject line = lines(1).get(0);
      assertEquals(400, line.get("status").getAsInt());
      assertEquals("/a/%2e%2e/b", line.get("path").getAsString());
      assertTrue(!line.has("upstream"), line.toString());
    }
  }

  @Test
  void what_is_no_request_at_all_is_told_and_counted_too() throws Exception {
    try (RawApp a = RawApp.saying("a");
        Site site = site(a)) {
      RawClient.Reply reply =
          RawClient.ask(site.port(), "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n");
      assertEquals(400, reply.status());
      JsonObject line = lines(1).get(0);
      assertEquals(400, line.get("status").getAsInt());
      assertEquals("127.0.0.1", line.get("client").getAsString());
      assertTrue(!line.has("method") && !line.has("path"), line.toString());
      assertEquals(1, site.status("refused").intValue());
      assertEquals(1, site.status("requests").intValue());
      assertEquals(
          1, metrics(site).get("appliance_edge_site_requests_total{class=\"4xx\",site=\"other\"}"));
    }
  }

  @Test
  void a_client_that_left_before_its_answer_is_told_as_499() throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    try (RawApp a = new RawApp(request -> {
          left.await();
          request.ok("late");
        });
        Site site = site(a)) {
      try (RawClient client = new RawClient(site.port())) {
        client.send(RawClient.head("POST / HTTP/1.1", "Host: x", "Content-Length: 10") + "abc");
        Site.await("it is under way", () -> a.requests.get() == 1);
        client.socket.setSoLinger(true, 0);
      }
      assertEquals(499, lines(1).get(0).get("status").getAsInt());
      left.countDown();
    }
  }

  @Test
  void who_broke_off_an_answer_is_told_and_nothing_of_a_whole_one() throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    try (RawApp a = new RawApp(request -> {
          if (request.head().startsWith("GET /whole ")) {
            request.ok("whole");
            return;
          }
          request.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
          if (request.path().equals("/left")) {
            left.await();
          }
          request.socket().close();
        });
        Site site = site(a)) {
      RawClient.get(site.port(), "/whole");
      try (RawClient client = new RawClient(site.port())) {
        client.send(RawClient.head("GET /broken HTTP/1.1", "Host: x"));
        client.socket.getInputStream().readAllBytes();
      } catch (java.net.SocketException e) {
        assertTrue(String.valueOf(e.getMessage()).contains("reset"), e.toString());
      }
      List<JsonObject> lines = lines(2);
      assertTrue(!lines.get(0).has("broken"), lines.toString());
      assertEquals("application", lines.get(1).get("broken").getAsString());
      assertEquals(1, site.status("brokenResponses").intValue());
      for (String method : List.of("GET", "POST")) {
        try (RawClient client = new RawClient(site.port())) {
          client.send(RawClient.head(method + " /left HTTP/1.1", "Host: x", "Content-Length: 2"));
          assertEquals('H', client.socket.getInputStream().read());
          client.socket.setSoLinger(true, 0);
        }
      }
      for (JsonObject line : lines(4).subList(2, 4)) {
        assertEquals("client", line.get("broken").getAsString(), line.toString());
      }
      assertEquals(1, site.status("brokenResponses").intValue());
      left.countDown();
    }
  }

  @Test
  void what_this_node_breaks_off_is_told_apart_from_what_an_application_does() throws Exception {
    RawApp.Answer never = request -> {
      request.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
      request.in().readAllBytes(); // until its connection is closed
    };
    Duration total = Duration.ofMillis(300);
    try (RawApp a = new RawApp(never);
        Site site = site(HttpLimits.total(UpstreamLimits.DEFAULTS, total), a)) {
      assertFalse(RawClient.get(site.port(), "/").whole());
      assertEquals("limit", lines(1).get(0).get("broken").getAsString());
      assertEquals(0, site.status("brokenResponses").intValue());
    }
    try (RawApp a = new RawApp(never);
        Site site = site(a);
        RawClient client = new RawClient(site.port())) {
      client.send(RawClient.head("GET / HTTP/1.1", "Host: x"));
      assertEquals('H', client.in.read());
      site.state(0, MemberState.DRAINED);
      assertEquals("node", lines(2).get(1).get("broken").getAsString());
      assertEquals(0, site.status("brokenResponses").intValue());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST"})
  void what_this_node_cuts_as_it_stops_no_client_has_left(String method) throws Exception {
    try (RawApp a = new RawApp(request -> {
          request.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
          request.in().readAllBytes(); // until its connection is closed
        });
        RawClient client = askedUntilItStops(a, method)) {
      assertEquals("node", lines(1).get(0).get("broken").getAsString());
      assertTrue(new String(client.in.readAllBytes(), ISO_8859_1).endsWith("\r\n\r\nhalf"));
    }
  }

  private RawClient askedUntilItStops(RawApp app, String method) throws Exception {
    try (Site site = site(app)) {
      RawClient client = new RawClient(site.port());
      client.send(RawClient.head(method + " / HTTP/1.1", "Host: x", "Content-Length: 0"));
      assertEquals('H', client.in.read());
      return client;
    }
  }

  @Test
  void metrics_tell_of_sites_and_members_and_a_stranger_makes_no_labels() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        Site site = site(a, b)) {
      site.master(1);
      Site.await("b is master", () -> admin(site).equals("b"));
      RawClient.get(site.port(), "/a/%2e%2e/b");
      RawClient.ask(site.port(), RawClient.head("GET / HTTP/1.1", "Host: made-up.example"));
      Site.await("all are counted", () -> counted(metrics(site)));
      Map<String, Double> metrics = metrics(site);
      assertEquals(
          1, metrics.get("appliance_edge_site_requests_total{class=\"2xx\",site=\"other\"}"));
      Double admin =
          metrics.get("appliance_edge_site_requests_total{class=\"2xx\",site=\"admin\"}");
      assertEquals(admin, metrics.get("appliance_edge_site_seconds_count{site=\"admin\"}"));
      assertTrue(
          metrics.getOrDefault("appliance_edge_upstream_seconds_count{member=\"b\"}", 0.0) >= 1,
          metrics.toString());
      assertEquals(1, metrics.get("appliance_edge_upstream_healthy{member=\"a\"}"));
      assertTrue(metrics.keySet().stream().noneMatch(name -> name.contains("made-up")));
    }
  }

  /** A request is counted when its answer is out: its client may have it by then. */
  private static boolean counted(Map<String, Double> metrics) {
    String requests = "appliance_edge_site_requests_total{class=\"";
    return Double.valueOf(1).equals(metrics.get(requests + "4xx\",site=\"other\"}"))
        && Double.valueOf(1).equals(metrics.get(requests + "2xx\",site=\"other\"}"))
        && Objects.equals(
            metrics.get(requests + "2xx\",site=\"admin\"}"),
            metrics.get("appliance_edge_site_seconds_count{site=\"admin\"}"))
        && metrics.getOrDefault("appliance_edge_upstream_seconds_count{member=\"b\"}", 0.0) >= 1;
  }

  private static String admin(Site site) {
    try {
      return RawClient.ask(site.port(), RawClient.head("GET / HTTP/1.1", "Host: admin.example"))
          .text();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Map<String, Double> metrics(Site site) {
    return PrometheusText.parse(Prometheus.text(
        ClusterView.empty("test", NodeId.random()),
        Map.of("edge", site.edge.source().read()),
        site.edge.source().families()));
  }
}
