package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.HttpsConfig;
import appliance.model.HostPort;
import appliance.testing.Certificates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trailers of an application's answers, to clients that want them and to others. */
final class EdgeTrailersTest {

  private static final String TRAILERS =
      "X-Sum: 1\r\nSet-Cookie: a=b\r\nContent-Length: 9\r\nAppliance-Relay-Unsent: x\r\nServer-Timing: db;dur=5\r\n";

  private static RawApp app(String trailers) {
    return new RawApp(
        request -> request.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5\r\nhello\r\n0\r\n" + trailers + "\r\n"));
  }

  private static final String WANTED = RawClient.head(
      "GET / HTTP/1.1", "Host: site.example", "Connection: TE", "TE: deflate, Trailers");
  private static final String NOT_FOR_US =
      RawClient.head("GET / HTTP/1.1", "Host: site.example", "TE: trailers");

  /** What comes behind the last chunk, in lower case. */
  private static List<String> trailers(RawClient client) throws IOException {
    String line = client.line();
    while (!line.equals("0")) {
      line = client.line();
    }
    List<String> lines = new ArrayList<>();
    for (line = client.line(); !line.isEmpty(); line = client.line()) {
      lines.add(line.toLowerCase(Locale.ROOT));
    }
    return lines;
  }

  @Test
  void they_reach_a_client_that_reads_them_but_for_what_counts_in_a_head_only() throws Exception {
    try (RawApp app = app(TRAILERS);
        Site site = new Site(app);
        RawClient client = new RawClient(site.port())) {
      client.send(WANTED);
      assertEquals(List.of("x-sum: 1", "server-timing: db;dur=5"), sorted(trailers(client)));
      String head = app.heads.get(0).toLowerCase(Locale.ROOT);
      assertTrue(head.contains("\r\nte: trailers\r\n"), head);
      assertTrue(head.contains("\r\nconnection: te\r\n"), head);
      client.send(NOT_FOR_US);
      assertEquals(List.of(), trailers(client));
      assertFalse(app.heads.get(1).toLowerCase(Locale.ROOT).contains("\r\nte:"), app.heads.get(1));
      assertEquals(1, app.connections.get());
    }
  }

  private static List<String> sorted(List<String> lines) {
    return lines.stream().sorted((a, b) -> b.compareTo(a)).toList();
  }

  @Test
  void more_than_fits_is_dropped_and_the_answer_stays_whole() throws Exception {
    try (RawApp app = app("X-Long: " + "x".repeat(5000) + "\r\n");
        Site site = new Site(app);
        RawClient client = new RawClient(site.port())) {
      client.send(WANTED);
      assertEquals(List.of(), trailers(client));
      client.send(WANTED);
      assertEquals(List.of(), trailers(client));
    }
  }

  @Test
  void over_http2_they_end_the_stream(@TempDir Path folder) throws Exception {
    HttpsConfig https =
        new HttpsConfig(new HostPort("127.0.0.1", 0), List.of(Certificates.make(folder, "x", "x")));
    try (RawApp app = app(TRAILERS);
        Site site = new Site(https, app);
        RawHttp2 client = new RawHttp2(site.httpsPort())) {
      List<String> request =
          List.of(":method: GET", ":scheme: https", ":authority: x", ":path: /", "te: trailers");
      client.headers(1, true, request);
      assertEquals(RawHttp2.HEADERS, last(client, 1).type());
      client.headers(3, true, request.subList(0, 4));
      assertEquals(RawHttp2.DATA, last(client, 3).type());
    }
  }

  private static RawHttp2.Frame last(RawHttp2 client, int stream) throws IOException {
    RawHttp2.Frame frame = client.next();
    while (frame.stream() != stream || !frame.endsStream()) {
      frame = client.next();
    }
    return frame;
  }

  @Test
  void those_of_a_request_reach_no_application_and_are_no_second_request() throws Exception {
    List<String> bodies = new CopyOnWriteArrayList<>();
    RawApp raw = new RawApp(request -> {
      StringBuilder body = new StringBuilder();
      while (request.head().startsWith("POST") && body.indexOf("0\r\n\r\n") < 0) {
        body.append((char) request.in().read());
      }
      bodies.add(body.toString());
      request.ok(request.path());
    });
    try (raw;
        Site site = new Site(raw);
        RawClient client = new RawClient(site.port())) {
      client.send(
          RawClient.head("POST /first HTTP/1.1", "Host: site.example", "Transfer-Encoding: chunked")
              + "5\r\nhello\r\n0\r\nX-Forwarded-For: 192.0.2.66\r\nContent-Length: 40\r\n"
              + "Host: other\r\nCookie: a=b\r\n\r\n"
              + RawClient.head("GET /second HTTP/1.1", "Host: site.example"));
      assertEquals("/first", client.reply().text());
      assertEquals("/second", client.reply().text());
      assertEquals(List.of("0005\r\nhello\r\n0\r\n\r\n", ""), bodies);
      assertEquals(2, raw.heads.size(), raw.heads.toString());
      for (String head : raw.heads) {
        assertFalse(head.contains("192.0.2.66") || head.contains("other"), head);
        assertFalse(head.contains("Cookie") || head.contains("Content-Length"), head);
      }
    }
  }
}
