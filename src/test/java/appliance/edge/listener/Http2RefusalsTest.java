package appliance.edge.listener;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.AccessLogConfig;
import appliance.config.BalanceConfig;
import appliance.config.ClientQuota;
import appliance.config.HealthConfig;
import appliance.config.HttpsConfig;
import appliance.config.TrafficConfig;
import appliance.edge.RawApp;
import appliance.edge.RawClient;
import appliance.edge.RawHttp2;
import appliance.edge.Site;
import appliance.model.HostPort;
import appliance.testing.Certificates;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an HTTP/2 client sends that is no request is counted once and has its line in the access log. */
final class Http2RefusalsTest {

  private static final List<String> GET =
      List.of(":method: GET", ":scheme: https", ":authority: x", ":path: /");

  @TempDir
  private Path folder = Path.of("");

  private final RawApp app = RawApp.saying("served");
  private Site site;

  @BeforeEach
  void serve() {
    Path certificate = Certificates.make(folder, "x", "x");
    site = new Site(
        new HttpsConfig(new HostPort("127.0.0.1", 0), List.of(certificate)),
        new TrafficConfig(
            BalanceConfig.DEFAULTS,
            HealthConfig.DEFAULTS,
            new AccessLogConfig(Optional.of(log()), AccessLogConfig.Format.JSON, 10),
            ClientQuota.NONE,
            Duration.ofMinutes(10)),
        app);
  }

  @AfterEach
  void close() {
    site.close();
    app.close();
  }

  private Path log() {
    return folder.resolve("access.log");
  }

  private List<JsonObject> lines() {
    try {
      return Files.readAllLines(log()).stream()
          .map(line -> JsonParser.parseString(line).getAsJsonObject())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int refused() {
    return site.status("refused").intValue();
  }

  /** Nothing more is counted, and the log has as many lines; a request that is served has the last. */
  private void assertRefused(int count) throws Exception {
    Site.await(count + " are counted", () -> refused() >= count);
    try (RawHttp2 other = new RawHttp2(site.httpsPort())) {
      other.headers(1, true, GET);
      assertEquals("200", other.end(1));
    }
    Site.await("the log has it", () -> Files.exists(log()) && status(200) == 1);
    assertEquals(count, refused());
    assertEquals(count, status(400));
    assertEquals(count + 1, site.status("requests").intValue());
    JsonObject line = lines().get(0);
    assertEquals(400, line.get("status").getAsInt());
    assertEquals("HTTP/2.0", line.get("protocol").getAsString());
    assertEquals("127.0.0.1", line.get("client").getAsString());
    assertFalse(line.has("method") || line.has("path"), line.toString());
  }

  private long status(int status) {
    return lines().stream()
        .filter(line -> line.get("status").getAsInt() == status)
        .count();
  }

  private static byte[] headers(int flags, int stream, byte[] block) {
    return RawHttp2.frame(RawHttp2.HEADERS, flags, stream, block);
  }

  @Test
  void a_malformed_request_resets_its_stream_and_the_others_go_on() throws Exception {
    try (RawHttp2 client = new RawHttp2(site.httpsPort())) {
      client.headers(1, true, GET.subList(0, 3));
      assertEquals("reset", client.end(1));
      client.headers(3, true, GET.subList(1, 4));
      assertEquals("reset", client.end(3));
    }
    assertRefused(2);
  }

  @Test
  void a_header_block_that_cannot_be_read_ends_the_connection() throws Exception {
    try (RawHttp2 client = new RawHttp2(site.httpsPort())) {
      byte[] noSuchIndex = {(byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f};
      client.write(headers(RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, noSuchIndex));
      assertTrue(List.of("closed", "reset").contains(client.end(1)));
    }
    assertRefused(1);
  }

  @Test
  void a_frame_that_is_too_long_ends_the_connection() throws Exception {
    try (RawHttp2 client = new RawHttp2(site.httpsPort())) {
      client.write(RawHttp2.frame(RawHttp2.PING, 0, 0, new byte[20_000]));
      assertEquals("closed", client.end(1));
    }
    assertRefused(1);
  }

  @Test
  void a_flood_ends_the_connection() throws Exception {
    try (RawHttp2 client = new RawHttp2(site.httpsPort())) {
      try {
        for (int i = 0; i <= Http2Guard.IDLE_FRAMES_MAX; i++) {
          client.write(RawHttp2.frame(RawHttp2.PING, 0, 0, new byte[8]));
        }
      } catch (IOException e) {
        // The edge has closed it before all was sent.
      }
      assertEquals("closed", client.end(1));
    }
    assertRefused(1);
  }

  @Test
  void what_is_no_http_2_at_all_ends_the_connection() throws Exception {
    try (RawClient client = new RawClient(RawHttp2.socket(site.httpsPort(), "h2"))) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      assertTrue(ended(client));
    }
    assertRefused(1);
  }

  private static boolean ended(RawClient client) {
    try {
      client.in.readAllBytes(); // a GOAWAY, which it does not understand
      return true;
    } catch (IOException e) {
      return !(e instanceof SocketTimeoutException);
    }
  }

  @Test
  void a_header_block_that_is_too_large_is_refused() throws Exception {
    try (RawHttp2 client = new RawHttp2(site.httpsPort())) {
      List<String> large = new ArrayList<>(GET);
      large.add("a: " + "x".repeat(4_000));
      byte[] block = RawHttp2.block(large);
      // Kept in the decoder's table, and then named by one byte each.
      byte[] bomb = new byte[block.length + 100];
      System.arraycopy(block, 0, bomb, 0, block.length);
      bomb[block.length - 4_000 - 6] = 0x40;
      Arrays.fill(bomb, block.length, bomb.length, (byte) (0x80 | 62));
      client.write(headers(RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, bomb));
      assertTrue(List.of("closed", "reset", "400").contains(client.end(1)));
    }
    assertRefused(1);
    assertEquals(1, app.requests.get());
  }

  @Test
  void a_frame_within_a_header_block_ends_the_connection() throws Exception {
    try (RawHttp2 client = new RawHttp2(site.httpsPort())) {
      client.write(headers(RawHttp2.END_STREAM, 1, RawHttp2.block(GET)));
      client.write(RawHttp2.frame(RawHttp2.PING, 0, 0, new byte[8]));
      client.write(RawHttp2.frame(RawHttp2.CONTINUATION, RawHttp2.END_HEADERS, 1, new byte[0]));
      assertEquals("closed", client.end(1));
    }
    assertRefused(1);
    assertEquals(1, app.requests.get(), "that of the other client");
  }

  @Test
  void a_header_block_in_too_many_parts_ends_the_connection() throws Exception {
    try (RawHttp2 client = new RawHttp2(site.httpsPort())) {
      List<byte[]> parts = new ArrayList<>(Collections.nCopies(100, new byte[0]));
      parts.set(0, RawHttp2.block(GET));
      client.headersInParts(1, parts);
      assertEquals("closed", client.end(1));
    }
    assertRefused(1);
    assertEquals(1, app.requests.get(), "that of the other client");
  }

  @Test
  void streams_beyond_the_limit_are_counted() throws Exception {
    int over = 3;
    try (RawHttp2 client = new RawHttp2(site.httpsPort())) {
      for (int i = 0; i < Http2Streams.STREAMS_MAX + over; i++) {
        client.headers(2 * i + 1, false, GET);
      }
      assertEquals("reset", client.end(2 * (Http2Streams.STREAMS_MAX + over) - 1));
      Site.await("they are counted", () -> refused() >= over);
      client.headers(2 * (Http2Streams.STREAMS_MAX + over) + 1, true, GET);
      client.end(2 * (Http2Streams.STREAMS_MAX + over) + 1);
      assertEquals(over + 1, refused());
    }
  }

  @Test
  void a_request_that_its_client_takes_back_is_none_of_these() throws Exception {
    try (RawHttp2 client = new RawHttp2(site.httpsPort())) {
      client.headers(1, false, GET);
      client.write(RawHttp2.frame(RawHttp2.RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8}));
      client.headers(3, true, GET);
      assertEquals("200", client.end(3));
    }
    assertEquals(0, refused());
  }
}
