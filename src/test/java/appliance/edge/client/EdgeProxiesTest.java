package appliance.edge.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.ClientsConfig;
import appliance.config.HttpsConfig;
import appliance.config.Network;
import appliance.config.RequestLimits;
import appliance.edge.RawApp;
import appliance.edge.RawClient;
import appliance.edge.Site;
import appliance.model.HostPort;
import appliance.testing.Certificates;
import appliance.testing.Finished;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A request that comes by a load balancer is taken for its client's, if the balancer is trusted. */
final class EdgeProxiesTest {

  private static final List<Network> LOOPBACK =
      List.of(Network.parse("127.0.0.0/8"), Network.parse("10.0.0.0/8"));

  @TempDir
  private Path folder = Path.of("");

  private static ClientsConfig clients(List<Network> trusted, boolean proxyProtocol) {
    return new ClientsConfig(
        trusted, proxyProtocol, 0, Duration.ZERO, Optional.empty(), RequestLimits.DEFAULTS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Forwarded-For: 192.0.2.1 | 192.0.2.1",
        "X-Forwarded-For: 198.51.100.9, 192.0.2.1, 10.1.2.3 | 192.0.2.1",
        "X-Forwarded-For: 192.0.2.1:4711 | 192.0.2.1",
        "X-Forwarded-For: [2001:db8::1]:4711 | 2001:db8::1",
        "X-Forwarded-For: 192.0.2.1, evil.example | 127.0.0.1",
        "X-Forwarded-For: 192.0.2.1, , 10.0.0.1 | 10.0.0.1",
        "Forwarded: for=192.0.2.1;proto=https, for=10.0.0.2 | 192.0.2.1",
        "Forwarded: for=\"[2001:db8::1]:80\" | 2001:db8::1",
        "Forwarded: for=_hidden | 127.0.0.1",
        "X-Real-IP: 192.0.2.1 | 127.0.0.1",
      })
  void the_client_is_the_last_address_that_no_trusted_proxy_has(String header, String client)
      throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(clients(LOOPBACK, false), app)) {
      RawClient.ask(site.port(), RawClient.head("GET / HTTP/1.1", "Host: x", header));
      String head = app.heads.get(0);
      assertTrue(head.contains("\r\nX-Forwarded-For: " + client + "\r\n"), head);
      assertEquals(1, head.split("X-Forwarded-For", -1).length - 1, head);
    }
  }

  @Test
  void scheme_host_and_port_are_taken_over_too() throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(clients(LOOPBACK, false), app)) {
      RawClient.ask(
          site.port(),
          RawClient.head(
              "GET / HTTP/1.1",
              "Host: inner",
              "X-Forwarded-For: 192.0.2.1",
              "X-Forwarded-Proto: https",
              "X-Forwarded-Host: shop.example",
              "X-Forwarded-Port: 444"));
      String head = app.heads.get(0);
      assertTrue(head.contains("\r\nHost: shop.example\r\n"), head);
      assertTrue(head.contains("\r\nX-Forwarded-Proto: https\r\n"), head);
      assertTrue(head.contains("\r\nX-Forwarded-Port: 444\r\n"), head);
      assertTrue(
          head.contains("\r\nForwarded: for=192.0.2.1;host=\"shop.example\";proto=https\r\n"),
          head);
    }
  }

  @Test
  void nobody_else_is_believed() throws Exception {
    List<Network> others = List.of(Network.parse("192.0.2.0/24"));
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(clients(others, true), app)) {
      RawClient.ask(
          site.port(),
          RawClient.head(
              "GET / HTTP/1.1",
              "Host: x",
              "X-Forwarded-For: 192.0.2.1",
              "X-Forwarded-Proto: https",
              "X-Forwarded-Host: evil"));
      String head = app.heads.get(0);
      assertTrue(head.contains("\r\nX-Forwarded-For: 127.0.0.1\r\n"), head);
      assertTrue(head.contains("\r\nX-Forwarded-Proto: http\r\n"), head);
      assertTrue(head.contains("\r\nHost: x\r\n"), head);
      RawClient.Reply reply = RawClient.ask(
          site.port(),
          "PROXY TCP4 192.0.2.1 192.0.2.2 1 80\r\n" + RawClient.head("GET / HTTP/1.1", "Host: x"));
      assertTrue(reply.status() == 400 || reply.status() == 0, reply.head());
      assertEquals(1, app.requests.get());
    }
  }

  private static final String REQUEST = RawClient.head("GET / HTTP/1.1", "Host: x");

  private static String v2(int command, int family, int... rest) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("\r\n\r\n\0\r\nQUIT\n".getBytes(StandardCharsets.ISO_8859_1));
    bytes.write(command);
    bytes.write(family);
    bytes.write(0);
    bytes.write(rest.length);
    for (int b : rest) {
      bytes.write(b);
    }
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  @Test
  void both_versions_of_the_proxy_protocol_tell_the_client_however_they_are_cut() throws Exception {
    String tlv = v2(0x21, 0x11, 192, 0, 2, 9, 192, 0, 2, 2, 0, 1, 0, 80, 4, 0, 1, 7);
    Map<String, String> headers = Map.of(
        "PROXY TCP4 192.0.2.9 192.0.2.2 1 80\r\n",
        "192.0.2.9",
        "PROXY TCP6 2001:db8::9 2001:db8::2 1 80\r\n",
        "2001:db8::9",
        "PROXY UNKNOWN\r\n",
        "127.0.0.1",
        tlv,
        "192.0.2.9",
        v2(0x20, 0x00),
        "127.0.0.1");
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(clients(LOOPBACK, true), app)) {
      for (Map.Entry<String, String> header : headers.entrySet()) {
        for (boolean slowly : new boolean[] {false, true}) {
          app.heads.clear();
          try (RawClient client = new RawClient(site.port())) {
            if (slowly) {
              for (char c : header.getKey().toCharArray()) {
                client.send(String.valueOf(c));
              }
              client.send(REQUEST);
            } else {
              client.send(header.getKey() + REQUEST);
            }
            assertEquals("served", client.reply().text());
            client.send(REQUEST);
            assertEquals("served", client.reply().text());
          }
          for (String head : app.heads) {
            assertTrue(head.contains("\r\nX-Forwarded-For: " + header.getValue() + "\r\n"), head);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "PROXY TCP4 192.0.2.9 192.0.2.2 1\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "PROXY TCP4 a.example 192.0.2.2 1 80\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "PROXY TCP4 192.0.2.9 192.0.2.2 1 99999\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "PROXY TCP4 192.0.2.9 192.0.2.2 1 80\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "PROXY UNKNOWN xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n",
      })
  void a_trusted_connection_without_a_sound_header_is_closed(String bytes) throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(clients(LOOPBACK, true), app)) {
      assertEquals(0, RawClient.ask(site.port(), bytes).status());
      assertEquals(0, app.requests.get());
    }
  }

  @Test
  void the_proxy_protocol_stands_before_tls_as_curl_speaks_it() throws Exception {
    Path made = Certificates.make(folder, "site", "localhost");
    HttpsConfig https = new HttpsConfig(new HostPort("127.0.0.1", 0), List.of(made));
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(https, clients(LOOPBACK, true), app)) {
      List<String> curl = List.of(
          "curl",
          "-sSk",
          "--haproxy-protocol",
          "-w",
          " %{http_version}",
          "https://127.0.0.1:" + site.httpsPort() + "/");
      assertEquals("served 2", Finished.of(curl, Map.of(), folder).output());
    }
  }

  @Test
  void plain_requests_are_sent_to_https_and_those_over_it_are_told_to_stay() throws Exception {
    ClientsConfig clients = new ClientsConfig(
        LOOPBACK, false, 8443, Duration.ofDays(365), Optional.empty(), RequestLimits.DEFAULTS);
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(clients, app)) {
      RawClient.Reply get = RawClient.ask(
          site.port(), RawClient.head("GET /a%20b?c=d HTTP/1.1", "Host: shop.example:8080"));
      assertEquals(301, get.status());
      assertTrue(get.has("Location: https://shop.example:8443/a%20b?c=d\r\n"), get.head());
      assertEquals(
          308,
          RawClient.ask(
                  site.port(),
                  RawClient.head("POST / HTTP/1.1", "Host: x", "Content-Length: 1") + "a")
              .status());
      assertEquals(0, app.requests.get());
      RawClient.Reply secure = RawClient.ask(
          site.port(), RawClient.head("GET / HTTP/1.1", "Host: x", "X-Forwarded-Proto: https"));
      assertEquals("served", secure.text());
      assertTrue(secure.has("Strict-Transport-Security: max-age=31536000\r\n"), secure.head());
    }
  }

  @Test
  void the_limits_of_a_request_can_be_set() throws Exception {
    RequestLimits small =
        new RequestLimits(4096, 20, Duration.ofSeconds(1), 1024, Duration.ofSeconds(60), 1000);
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(
            new ClientsConfig(List.of(), false, 0, Duration.ZERO, Optional.empty(), small), app)) {
      String head = "GET / HTTP/1.1\r\nHost: x\r\n";
      assertTrue(RawClient.ask(site.port(), head + "A: " + "x".repeat(5000) + "\r\n\r\n")
              .status()
          != 200);
      assertTrue(
          RawClient.ask(site.port(), head + "A: x\r\n".repeat(30) + "\r\n").status() != 200);
      String post = RawClient.head("POST / HTTP/1.1", "Host: x", "Content-Length: 1025");
      assertEquals(413, RawClient.ask(site.port(), post + "x".repeat(1025)).status());
      try (RawClient slow = new RawClient(site.port())) {
        slow.send("GET / HT");
        assertEquals(-1, slow.in.read()); // closed long before the client's own 20 s
      }
      assertEquals(0, app.requests.get());
    }
  }

  @Test
  void an_operators_page_says_that_no_application_answers() throws Exception {
    ClientsConfig clients = new ClientsConfig(
        List.of(), false, 0, Duration.ZERO, Optional.of(folder), RequestLimits.DEFAULTS);
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(clients, app)) {
      app.healthStatus = 500;
      site.awaitReady(0);
      RawClient.Reply plain = RawClient.get(site.port(), "/");
      assertEquals(503, plain.status());
      assertTrue(plain.has("Content-Type: text/plain"), plain.head());
      Files.writeString(folder.resolve("503.html"), "<p>Back soon");
      Site.await("the page", () -> get(site).equals("<p>Back soon"));
      RawClient.Reply page = RawClient.get(site.port(), "/");
      assertEquals(503, page.status());
      assertTrue(page.has("Retry-After: "), page.head());
      assertTrue(page.has("Content-Type: text/html; charset=utf-8"), page.head());
      assertEquals(
          "",
          RawClient.ask(site.port(), RawClient.head("HEAD / HTTP/1.1", "Host: x"))
              .text());
      Files.delete(folder.resolve("503.html"));
      Site.await("the plain one", () -> get(site).startsWith("503 Service Unavailable"));
    }
  }

  private static String get(Site site) {
    try {
      return RawClient.get(site.port(), "/").text();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
