package appliance.edge.listener;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.HttpsConfig;
import appliance.edge.RawApp;
import appliance.edge.RawHttp2;
import appliance.edge.Site;
import appliance.model.HostPort;
import appliance.testing.Certificates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sends over HTTP/2 reaches an application as one HTTP/1.1 request, or not at all. */
final class Http2HygieneTest {

  @TempDir
  private static Path folder = Path.of("");

  private static HttpsConfig https = new HttpsConfig(new HostPort("127.0.0.1", 0), List.of());

  private static final List<String> GET =
      List.of(":method: GET", ":scheme: https", ":authority: x", ":path: /");
  private static final List<String> POST =
      List.of(":method: POST", ":scheme: https", ":authority: x", ":path: /");

  /** On requests that are broken off: the application may see them late, in the next test. */
  private static final String BROKEN_OFF = "broken-off: 1";

  private static final RawApp APP = RawApp.saying("served");
  private static @Nullable Site shared;

  @BeforeAll
  static void serve() {
    Path made = Certificates.make(folder, "x", "x");
    https = new HttpsConfig(new HostPort("127.0.0.1", 0), List.of(made));
    shared = new Site(https, APP);
  }

  @AfterAll
  static void end() {
    shared().close();
    APP.close();
  }

  private static Site shared() {
    return Objects.requireNonNull(shared);
  }

  private static List<String> with(List<String> request, String... fields) {
    List<String> all = new ArrayList<>(request);
    all.addAll(List.of(fields));
    return all;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "connection: close",
        "connection: transfer-encoding",
        "transfer-encoding: chunked",
        "transfer-encoding: identity",
        "te: gzip",
        "upgrade: websocket",
        "upgrade: h2c",
        "http2-settings: AAMAAABkAAQAAP__",
        "keep-alive: timeout=5",
        "proxy-connection: keep-alive",
        "content-length: 1, 1",
        "content-length: +0",
        "content-length: x",
        "content-length: 4",
        "a: b\r\nc: d",
        "a: b\nc: d",
        "a: b\rc",
        "a: b\u0000c",
        "a:  b",
        "a: b ",
        "a b: c",
        "a\r\nb: c",
        "A: b",
        "a:b: c",
        ":path: /other",
        ":status: 200",
        ":protocol: websocket",
        ":unknown: 1",
      })
  void a_field_that_means_something_else_in_http_1_is_refused(String field) throws Exception {
    refused(with(GET, field));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CONNECT|https|x|/",
        "TRACE|https|x|/",
        "GET /x HTTP/1.1|https|x|/",
        "G\r\nET|https|x|/",
        "GET|https|x y|/",
        "GET|https|x/y|/",
        "GET|https|u:p@x|/",
        "GET|https|[::1|/",
        "GET|https|x:80:80|/",
        "GET|https|x:99999|/",
        "GET|https|x\r\nA: b|/",
        "GET|https|x|/a b",
        "GET|https|x|/ HTTP/1.1\r\nA: b",
        "GET|https|x|*",
        "GET|https|x|a",
        "GET|https|x|/a/../b",
        "GET|https|x|/%2e%2e/b",
        "GET|https|x|/a%2fb",
        "GET|https|x|/a#b",
        "GET|https|x|http://y/",
      })
  void pseudo_headers_that_could_be_read_in_two_ways_are_refused(String request) throws Exception {
    String[] parts = request.split("\\|", -1);
    refused(List.of(
        ":method: " + parts[0],
        ":scheme: " + parts[1],
        ":authority: " + parts[2],
        ":path: " + parts[3]));
  }

  @Test
  void pseudo_headers_that_are_missing_or_late_are_refused() throws Exception {
    refused(GET.subList(1, 4));
    refused(List.of(GET.get(0), GET.get(1), GET.get(2)));
    refused(List.of(GET.get(0), GET.get(2), GET.get(3)));
    refused(List.of(GET.get(0), GET.get(1), GET.get(3)));
    refused(List.of(GET.get(0), GET.get(1), "a: b", GET.get(2), GET.get(3)));
  }

  /** What reached the application since the last {@code clear}. */
  private static List<String> heads() {
    return APP.heads.stream()
        .filter(head -> !head.toLowerCase(Locale.ROOT).contains(BROKEN_OFF))
        .toList();
  }

  private static void refused(List<String> fields) throws Exception {
    refused(List.of(RawHttp2.block(fields)), fields);
    int last = fields.size() - 1;
    List<byte[]> parts = List.of(
        RawHttp2.block(fields.subList(0, last)), RawHttp2.block(fields.subList(last, last + 1)));
    refused(parts, fields);
    served();
  }

  private static void refused(List<byte[]> parts, List<String> fields) throws Exception {
    APP.heads.clear();
    try (RawHttp2 client = new RawHttp2(shared().httpsPort())) {
      client.headersInParts(1, parts);
      String end = client.end(1);
      assertTrue(List.of("400", "405", "reset", "closed").contains(end), end);
      assertEquals(List.of(), heads(), fields::toString);
    }
  }

  private static void served() throws Exception {
    try (RawHttp2 other = new RawHttp2(shared().httpsPort())) {
      other.headers(1, true, GET);
      assertEquals("200", other.end(1));
    }
  }

  @Test
  void of_two_authorities_the_first_is_the_host() throws Exception {
    APP.heads.clear();
    try (RawHttp2 client = new RawHttp2(shared().httpsPort())) {
      List<String> two = new ArrayList<>(GET);
      two.add(":authority: y");
      client.headers(1, true, two);
      assertEquals("200", client.end(1));
      assertTrue(heads().get(0).startsWith("GET / HTTP/1.1\r\nHost: x\r\n"), APP.heads::toString);
    }
  }

  @Test
  void a_body_longer_or_shorter_than_its_length_never_becomes_two_requests() throws Exception {
    APP.heads.clear();
    for (String body : List.of("ab", "abcdGET /evil HTTP/1.1\r\nHost: x\r\n\r\n")) {
      try (RawHttp2 client = new RawHttp2(shared().httpsPort())) {
        client.headers(1, false, with(POST, "content-length: 4", BROKEN_OFF));
        client.data(1, true, body);
        String end = client.end(1);
        assertFalse(end.equals("200") && body.length() < 4, end);
      }
      served();
    }
    assertFalse(APP.heads.stream().anyMatch(head -> head.contains("/evil")), APP.heads::toString);
  }

  @Test
  void a_length_whose_body_is_missing_never_takes_the_next_request() throws Exception {
    APP.heads.clear();
    try (RawHttp2 client = new RawHttp2(shared().httpsPort())) {
      client.headers(1, true, with(POST, "content-length: 44"));
      assertEquals("400", client.end(1));
      client.headers(3, true, with(POST, "content-length: 0"));
      assertEquals("200", client.end(3));
      assertEquals(1, heads().size(), APP.heads::toString);
      assertTrue(heads().get(0).contains("\r\nContent-Length: 0\r\n"), APP.heads::toString);
    }
  }

  @Test
  void a_body_without_a_length_is_sent_in_chunks_and_the_scheme_is_what_was_used()
      throws Exception {
    StringBuilder body = new StringBuilder();
    try (RawApp app = new RawApp(request -> {
          body.append(new String(request.body(), java.nio.charset.StandardCharsets.UTF_8));
          request.ok("served");
        });
        Site site = new Site(https, app);
        RawHttp2 client = new RawHttp2(site.httpsPort())) {
      List<String> fields = new ArrayList<>(POST);
      fields.set(1, ":scheme: http");
      fields.addAll(
          List.of("host: other", "x-forwarded-proto: http", "te: trailers", "cookie: a=1"));
      client.headers(1, false, fields);
      client.data(1, false, "hel");
      client.data(1, true, "lo");
      assertEquals("200", client.end(1));
      assertEquals("hello", body.toString());
      String head = app.heads.get(0).toLowerCase(Locale.ROOT);
      assertTrue(head.startsWith("post / http/1.1\r\nhost: x\r\n"), head);
      assertTrue(head.contains("\r\ntransfer-encoding: chunked\r\n"), head);
      assertTrue(head.contains("\r\nx-forwarded-proto: https\r\n"), head);
      assertTrue(head.contains("\r\ncookie: a=1\r\n"), head);
      assertEquals(head.indexOf("host: "), head.indexOf("\r\nhost: ") + 2, head);
      assertTrue(head.contains("\r\nconnection: te\r\nte: trailers\r\n"), head);
      assertFalse(head.contains("other") || head.contains("\r\n:"), head);
    }
  }

  @Test
  void a_block_in_parts_is_one_request_wherever_it_is_cut() throws Exception {
    List<String> fields =
        with(GET, "x-forwarded-for: 192.0.2.1", "appliance-epoch: 7", "x-later: too");
    byte[] block = RawHttp2.block(fields);
    try (RawHttp2 client = new RawHttp2(shared().httpsPort())) {
      for (int cut = 0; cut <= block.length; cut++) {
        APP.heads.clear();
        int stream = 2 * cut + 1;
        byte[] first = Arrays.copyOf(block, cut);
        byte[] second = Arrays.copyOfRange(block, cut, block.length);
        client.headersInParts(stream, List.of(first, second));
        assertEquals("200", client.end(stream));
        String head = heads().get(0).toLowerCase(Locale.ROOT);
        assertTrue(head.contains("\r\nx-later: too\r\n"), head);
        assertFalse(head.contains("192.0.2.1") || head.contains("appliance-epoch"), head);
      }
    }
  }

  @Test
  void a_block_larger_than_a_frame_has_the_limit_of_any_head() throws Exception {
    String large = "x".repeat(28_000);
    for (int bytes : List.of(large.length(), 33_000)) {
      APP.heads.clear();
      byte[] block = RawHttp2.block(with(GET, "x-large: " + "x".repeat(bytes)));
      List<byte[]> parts = new ArrayList<>();
      for (int from = 0; from < block.length; from += 16_384) {
        parts.add(Arrays.copyOfRange(block, from, Math.min(block.length, from + 16_384)));
      }
      try (RawHttp2 client = new RawHttp2(shared().httpsPort())) {
        client.headersInParts(1, parts);
        if (bytes == large.length()) {
          assertEquals("200", client.end(1));
          assertTrue(heads().get(0).toLowerCase(Locale.ROOT).contains("x-large: " + large));
          client.headers(3, true, GET);
          assertEquals("200", client.end(3));
        } else {
          assertEquals("closed", client.end(1));
          assertEquals(List.of(), heads());
        }
      }
    }
    served();
  }

  @Test
  void trailers_of_a_request_never_become_its_headers() throws Exception {
    APP.heads.clear();
    try (RawHttp2 client = new RawHttp2(shared().httpsPort())) {
      client.headers(1, false, with(POST, BROKEN_OFF));
      client.data(1, false, "a");
      client.headers(1, true, List.of("x-forwarded-for: 192.0.2.1", "content-length: 9"));
      assertEquals("closed", client.end(1));
      assertFalse(APP.heads.stream().anyMatch(head -> head.contains("192.0.2.1")));
    }
  }

  @Test
  void streams_beyond_the_limit_are_refused_and_the_connection_lives() throws Exception {
    java.util.concurrent.CountDownLatch go = new java.util.concurrent.CountDownLatch(1);
    try (RawApp app = new RawApp(request -> {
          go.await();
          request.ok("served");
        });
        Site site = new Site(https, app);
        RawHttp2 client = new RawHttp2(site.httpsPort())) {
      int over = Http2Streams.STREAMS_MAX * 2 + 1;
      for (int stream = 1; stream <= over; stream += 2) {
        client.headers(stream, true, GET);
      }
      assertEquals("reset", client.end(over));
      go.countDown();
      assertEquals("200", client.end(1));
    }
  }

  @Test
  void a_flood_of_resets_ends_the_connection() throws Exception {
    ends(stream -> join(
        RawHttp2.frame(
            RawHttp2.HEADERS,
            RawHttp2.END_HEADERS | RawHttp2.END_STREAM,
            stream,
            RawHttp2.block(with(GET, BROKEN_OFF))),
        RawHttp2.frame(RawHttp2.RST_STREAM, 0, stream, new byte[4])));
  }

  @Test
  void a_flood_of_pings_ends_the_connection() throws Exception {
    ends(stream -> RawHttp2.frame(RawHttp2.PING, 0, 0, new byte[8]));
  }

  @Test
  void a_flood_of_settings_ends_the_connection() throws Exception {
    ends(stream -> RawHttp2.frame(RawHttp2.SETTINGS, 0, 0, new byte[0]));
  }

  @Test
  void a_flood_of_windows_ends_the_connection() throws Exception {
    ends(stream -> RawHttp2.frame(RawHttp2.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 1}));
  }

  @Test
  void a_flood_of_priorities_ends_the_connection() throws Exception {
    ends(stream -> RawHttp2.frame(RawHttp2.PRIORITY, 0, 1001, new byte[5]));
  }

  @Test
  void an_endless_header_block_ends_the_connection() throws Exception {
    ends(stream -> stream == 1
        ? RawHttp2.frame(RawHttp2.HEADERS, 0, 1, RawHttp2.block(GET))
        : RawHttp2.frame(RawHttp2.CONTINUATION, 0, 1, RawHttp2.block(List.of("a: b"))));
  }

  @FunctionalInterface
  private interface Flood {
    byte[] of(int stream);
  }

  private static void ends(Flood flood) throws Exception {
    try (RawHttp2 client = new RawHttp2(shared().httpsPort())) {
      try {
        for (int stream = 1; stream < 4_000; stream += 2) {
          client.write(flood.of(stream));
        }
        client.flush();
      } catch (IOException e) {
        // The edge has closed it before all was sent.
      }
      assertEquals("closed", client.end(Integer.MAX_VALUE));
    }
    Site.await("no request is left", () -> shared().status("active").intValue() == 0);
    served();
  }

  private static byte[] join(byte[] one, byte[] other) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(one);
    both.writeBytes(other);
    return both.toByteArray();
  }
}
