package appliance.edge.listener;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.HttpsConfig;
import appliance.edge.RawApp;
import appliance.edge.RawClient;
import appliance.edge.RawHttp2;
import appliance.edge.Site;
import appliance.model.HostPort;
import appliance.runtime.StartFailure;
import appliance.testing.Certificates;
import appliance.testing.Finished;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The public side over TLS, as curl, openssl and Java's client see it. */
final class EdgeTlsTest {

  @TempDir
  private Path folder = Path.of("");

  private HttpsConfig https(Path... certificates) {
    return new HttpsConfig(new HostPort("127.0.0.1", 0), List.of(certificates));
  }

  private HttpsConfig https() {
    return https(Certificates.make(folder, "site", "localhost", "site.example"));
  }

  private String curl(Site site, String... arguments) {
    List<String> command = new ArrayList<>(List.of("curl", "-sSk", "--max-time", "90"));
    command.addAll(List.of(arguments));
    command.add("https://127.0.0.1:" + site.httpsPort() + "/a?b=c");
    return Finished.of(command, Map.of(), folder).output();
  }

  @Test
  void curl_is_served_over_both_protocols_and_both_versions() throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(https(), app)) {
      String told = " %{http_version} %{response_code}";
      assertEquals("served 2 200", curl(site, "-w", told));
      assertEquals("served 1.1 200", curl(site, "--http1.1", "-w", told));
      assertEquals("served 2 200", curl(site, "--tls-max", "1.2", "-w", told));
      assertEquals("served 2 200", curl(site, "--tlsv1.3", "-w", told));
      assertEquals(
          "served 2 200", curl(site, "-d", "x=1", "-H", "Expect: 100-continue", "-w", told));
      assertTrue(curl(site, "--http2", "-I").startsWith("HTTP/2 200"));
      for (String head : app.heads) {
        assertTrue(head.contains("/a?b=c HTTP/1.1\r\n"), head);
        assertTrue(head.contains("\r\nX-Forwarded-Proto: https\r\n"), head);
        assertTrue(head.contains("\r\nX-Forwarded-Port: " + site.httpsPort() + "\r\n"), head);
      }
    }
  }

  @Test
  void old_versions_and_weak_ciphers_are_refused() throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(https(), app)) {
      assertEquals(0, handshake(site, "-tls1_3").exitCode());
      assertEquals(0, handshake(site, "-tls1_2").exitCode());
      assertNotEquals(
          0, handshake(site, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0").exitCode());
      assertNotEquals(
          0, handshake(site, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA").exitCode());
      assertNotEquals(
          0, handshake(site, "-tls1_2", "-cipher", "AES128-GCM-SHA256").exitCode());
    }
  }

  private Finished handshake(Site site, String... arguments) {
    List<String> all =
        new ArrayList<>(List.of("s_client", "-connect", "127.0.0.1:" + site.httpsPort()));
    all.addAll(List.of(arguments));
    return Certificates.openssl(all, folder);
  }

  @Test
  void the_certificate_is_chosen_by_the_name_that_the_client_asks_for() throws Exception {
    Path rsa = Certificates.makeRsa(folder, "rsa", "rsa.example");
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(https(https().certificates().get(0), rsa), app)) {
      assertTrue(handshake(site, "-servername", "RSA.example").output().contains("CN = rsa"));
      assertTrue(handshake(site, "-servername", "site.example").output().contains("CN = site"));
      assertTrue(handshake(site, "-noservername").output().contains("CN = site"));
    }
  }

  @Test
  void a_renewed_certificate_is_taken_and_no_connection_is_dropped() throws Exception {
    HttpsConfig https = https();
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(https, app);
        RawClient old = new RawClient(RawHttp2.socket(site.httpsPort(), "http/1.1"))) {
      old.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      assertEquals("served", old.reply().text());
      Path next = Files.createDirectories(folder.resolve("next"));
      Certificates.make(next, "renewed", "site.example");
      Certificates.replace(next.resolve("renewed.key"), folder.resolve("site.key"));
      Certificates.replace(next.resolve("renewed.pem"), https.certificates().get(0));
      Site.await("the new certificate", () -> handshake(site).output().contains("CN = renewed"));
      old.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      assertEquals("served", old.reply().text());

      Files.writeString(https.certificates().get(0), "broken");
      Site.await("the problem is told", () -> site.text("certificateProblem").contains("site.pem"));
      assertTrue(handshake(site).output().contains("CN = renewed"));
    }
  }

  @Test
  void without_a_usable_certificate_the_start_fails_with_the_reason() throws Exception {
    Path broken = Files.writeString(folder.resolve("broken.pem"), "broken");
    StartFailure failure = assertThrows(StartFailure.class, () -> new Site(https(broken)).close());
    assertEquals(
        "--certificates: " + broken
            + ": holds no CERTIFICATE: give PEM files with a chain and its key",
        failure.getMessage());
  }

  @Test
  void many_requests_share_one_connection_and_large_bodies_pass_both_ways() throws Exception {
    byte[] large = new byte[8 << 20];
    new Random(7).nextBytes(large);
    try (RawApp app = new RawApp(request -> {
          byte[] body = request.body();
          request.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          for (int at = 0; at < body.length; at += 100_000) {
            int length = Math.min(100_000, body.length - at);
            request.write(Integer.toHexString(length) + "\r\n");
            request.out().write(body, at, length);
            request.write("\r\n");
          }
          request.write("0\r\n\r\n");
        });
        Site site = new Site(https(), app)) {
      HttpClient client =
          HttpClient.newBuilder().sslContext(RawHttp2.trusting()).build();
      List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        byte[] body = ("request " + i).getBytes(StandardCharsets.UTF_8);
        answers.add(client.sendAsync(post(site, body), BodyHandlers.ofByteArray()));
      }
      for (int i = 0; i < 100; i++) {
        HttpResponse<byte[]> answer = answers.get(i).get();
        assertEquals(HttpClient.Version.HTTP_2, answer.version());
        assertEquals("request " + i, new String(answer.body(), StandardCharsets.UTF_8));
      }
      assertArrayEquals(
          large, client.send(post(site, large), BodyHandlers.ofByteArray()).body());
      try (RawClient plain = new RawClient(RawHttp2.socket(site.httpsPort(), "http/1.1"))) {
        plain.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + large.length + "\r\n\r\n");
        plain.socket.getOutputStream().write(large);
        assertArrayEquals(large, plain.reply().text().getBytes(StandardCharsets.ISO_8859_1));
      }
    }
  }

  private static HttpRequest post(Site site, byte[] body) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + site.httpsPort() + "/"))
        .POST(BodyPublishers.ofByteArray(body))
        .build();
  }

  @Test
  void an_answer_that_breaks_off_resets_its_stream_alone() throws Exception {
    try (RawApp app = new RawApp(request -> {
          if (request.path().equals("/broken")) {
            request.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            throw new java.io.IOException("on purpose");
          }
          request.ok("served");
        });
        Site site = new Site(https(), app);
        RawHttp2 client = new RawHttp2(site.httpsPort())) {
      List<String> get = List.of(":method: GET", ":scheme: https", ":authority: x");
      List<String> broken = new ArrayList<>(get);
      broken.add(":path: /broken");
      client.headers(1, true, broken);
      RawHttp2.Frame frame = client.next();
      while (frame.type() != RawHttp2.RST_STREAM) {
        assertTrue(frame.stream() != 1 || !frame.endsStream(), frame::toString);
        frame = client.next();
      }
      List<String> whole = new ArrayList<>(get);
      whole.add(":path: /");
      client.headers(3, true, whole);
      assertEquals("200", client.end(3));
    }
  }

  /** Head and first event come to the edge at once, so that nothing but their number tells it to go on. */
  @Test
  void events_reach_a_client_of_http_2_as_they_happen() throws Exception {
    Semaphore seen = new Semaphore(0);
    try (RawApp app = new RawApp(request -> {
          String head = RawClient.head(
              "HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Transfer-Encoding: chunked");
          request.write(head + "8\r\ndata: 1\n\r\n");
          assertTrue(seen.tryAcquire(60, TimeUnit.SECONDS));
          request.write("8\r\ndata: 2\n\r\n");
          assertTrue(seen.tryAcquire(60, TimeUnit.SECONDS));
          request.write("0\r\n\r\n");
        });
        Site site = new Site(https(), app);
        RawHttp2 client = new RawHttp2(site.httpsPort())) {
      client.headers(
          1, true, List.of(":method: GET", ":scheme: https", ":authority: x", ":path: /events"));
      for (String event : List.of("data: 1\n", "data: 2\n")) {
        RawHttp2.Frame frame = client.next();
        while (frame.stream() != 1 || frame.type() == RawHttp2.HEADERS) {
          frame = client.next();
        }
        assertEquals(event, StandardCharsets.US_ASCII.decode(frame.payload()).toString());
        seen.release();
      }
      assertEquals("", client.end(1));
    }
  }

  @Test
  void what_is_no_request_is_counted_over_tls_too() throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(https(), app);
        RawClient client = new RawClient(RawHttp2.socket(site.httpsPort(), "http/1.1"))) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n");
      assertEquals(400, client.reply().status());
      Site.await("it is counted", () -> site.status("refused").intValue() == 1);
    }
  }

  @Test
  void a_broken_chunk_gets_its_400_over_tls_too() throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(https(), app);
        RawClient client = new RawClient(RawHttp2.socket(site.httpsPort(), "http/1.1"))) {
      client.send(RawClient.head("POST / HTTP/1.1", "Host: x", "Transfer-Encoding: chunked")
          + "3\r\nabc\r\nzz\r\n");
      assertEquals(400, client.reply().status());
    }
  }

  @Test
  void websockets_are_spoken_over_http_1() throws Exception {
    try (RawApp app = new RawApp(request -> {
          request.write(RawClient.head(
              "HTTP/1.1 101 Switching Protocols", "Connection: upgrade", "Upgrade: websocket"));
          request.write("echo " + (char) request.in().read());
        });
        Site site = new Site(https(), app);
        SSLSocket socket = RawHttp2.socket(site.httpsPort(), "http/1.1");
        RawClient client = new RawClient(socket)) {
      client.send(RawClient.head(
          "GET /chat HTTP/1.1", "Host: x", "Connection: Upgrade", "Upgrade: websocket"));
      RawClient.Reply reply = client.reply();
      assertEquals(101, reply.status(), reply.head());
      client.send("x");
      assertEquals("echo x", new String(client.in.readNBytes(6), StandardCharsets.US_ASCII));
      assertTrue(app.heads.get(0).toLowerCase(Locale.ROOT).contains("\r\nupgrade: websocket\r\n"));
    }
  }
}
