package appliance.edge.compression;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.ClientsConfig;
import appliance.config.HttpsConfig;
import appliance.config.RequestLimits;
import appliance.edge.RawApp;
import appliance.edge.RawClient;
import appliance.edge.RawHttp2;
import appliance.edge.Site;
import appliance.model.HostPort;
import appliance.testing.Certificates;
import appliance.testing.Seed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What applications answer with, compressed on its way to the client. */
final class EdgeCompressionTest {

  private static final ClientsConfig COMPRESSED = new ClientsConfig(
      List.of(), false, 0, Duration.ZERO, Optional.empty(), true, RequestLimits.DEFAULTS);
  private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";
  private static final String PAGE = "<p>the same again</p>\n".repeat(500);
  private static final String TAGGED =
      HEAD + "ETag: \"v1\"\r\nContent-Length: " + PAGE.length() + "\r\n\r\n";

  @TempDir
  private Path folder = Path.of("");

  private static RawApp page() {
    return new RawApp(request -> {
      boolean head = request.head().startsWith("HEAD");
      request.write(TAGGED + (head ? "" : PAGE));
    });
  }

  private static String asking(String line, String... fields) {
    return RawClient.head(line + " HTTP/1.1", "Host: x", String.join("\r\n", fields));
  }

  private static byte[] unzipped(byte[] body) throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
  }

  private static String unzipped(RawClient.Reply reply) throws IOException {
    assertTrue(reply.has("Content-Encoding: gzip"), reply.head());
    byte[] bytes = reply.text().getBytes(StandardCharsets.ISO_8859_1);
    return new String(unzipped(bytes), StandardCharsets.ISO_8859_1);
  }

  @Test
  void a_page_is_compressed_for_whoever_takes_it() throws Exception {
    try (RawApp app = page();
        Site site = new Site(COMPRESSED, app)) {
      RawClient.Reply reply =
          RawClient.ask(site.port(), asking("GET /", "Accept-Encoding: gzip, br"));
      assertEquals(PAGE, unzipped(reply));
      assertTrue(reply.text().length() < PAGE.length() / 10);
      assertTrue(reply.has("ETag: W/\"v1\""), reply.head());
      assertTrue(reply.has("Vary: Accept-Encoding"), reply.head());
      assertFalse(reply.has("Content-Length"), reply.head());

      RawClient.Reply plain = RawClient.ask(site.port(), asking("GET /", "Accept-Encoding: br"));
      assertEquals(PAGE, plain.text());
      assertTrue(plain.has("ETag: \"v1\""), plain.head());
      assertTrue(plain.has("Vary: Accept-Encoding"), "or a cache would give either to all");
      String old = "GET / HTTP/1.0\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n";
      assertEquals(PAGE, RawClient.ask(site.port(), old).text());
      assertEquals(1, site.status("answersCompressed").intValue());
      assertTrue(app.heads.get(0).contains("Accept-Encoding: gzip, br"), "it may do it itself");
    }
  }

  @Test
  void nothing_is_unless_it_is_wanted() throws Exception {
    try (RawApp app = page();
        Site site = new Site(app)) {
      RawClient.Reply reply = RawClient.ask(site.port(), asking("GET /", "Accept-Encoding: gzip"));
      assertEquals(PAGE, reply.text());
      assertFalse(reply.has("Vary"), reply.head());
    }
  }

  @Test
  void to_head_it_says_the_same_without_a_body() throws Exception {
    try (RawApp app = page();
        Site site = new Site(COMPRESSED, app);
        RawClient client = new RawClient(site.port())) {
      client.send(asking("HEAD /", "Accept-Encoding: gzip"));
      RawClient.Reply reply = client.reply(true);
      assertTrue(reply.has("Content-Encoding: gzip"), reply.head());
      assertTrue(reply.has("ETag: W/\"v1\""), reply.head());
      assertFalse(reply.has("Content-Length"), "of a body that is not what would be sent");
      client.send(asking("GET /", "Accept-Encoding: gzip"));
      assertEquals(PAGE, unzipped(client.reply()), "on the same connection");
    }
  }

  @Test
  void what_is_ready_does_not_wait_for_what_follows() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    RawApp.Answer slowly = request -> {
      request.write(HEAD + "Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
      seen.await();
      request.write("6\r\nsecond\r\n0\r\n\r\n");
    };
    try (RawApp app = new RawApp(slowly);
        Site site = new Site(COMPRESSED, app);
        RawClient client = new RawClient(site.port())) {
      client.send(asking("GET /", "Accept-Encoding: gzip"));
      Chunks in = new Chunks(client);
      for (int i = 0; i < 10; i++) {
        in.next(); // the head of gzip
      }
      Inflater inflater = new Inflater(true);
      byte[] text = new byte[100];
      int length = 0;
      while (length < 5) {
        inflater.setInput(new byte[] {in.next()});
        length += inflater.inflate(text, length, 100 - length);
      }
      assertEquals("first", new String(text, 0, 5, StandardCharsets.US_ASCII));
      seen.countDown();
      while (!inflater.finished()) {
        inflater.setInput(new byte[] {in.next()});
        length += inflater.inflate(text, length, 100 - length);
      }
      inflater.end();
      assertEquals("firstsecond", new String(text, 0, length, StandardCharsets.US_ASCII));
    }
  }

  /** The body of an answer in chunks, byte by byte. */
  private static final class Chunks {

    private final RawClient client;
    private int left;

    /** Reads the head. */
    Chunks(RawClient client) throws IOException {
      this.client = client;
      while (!line(client).isEmpty()) {
        // the head
      }
    }

    byte next() throws IOException {
      if (left == 0) {
        left = Integer.parseInt(line(client), 16);
      }
      int next = client.in.read();
      if (--left == 0) {
        client.in.readNBytes(2);
      }
      return (byte) next;
    }
  }

  private static String line(RawClient client) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = client.in.read(); b != '\n'; b = client.in.read()) {
      assertTrue(b >= 0, "ends within a line");
      line.append((char) b);
    }
    return line.toString().strip();
  }

  @Test
  void a_client_that_leaves_early_frees_its_compressor() throws Exception {
    AtomicLong sent = new AtomicLong();
    RawApp.Answer endless = request -> {
      request.write(HEAD + "\r\n");
      byte[] noise = new byte[1 << 16];
      new Random(1).nextBytes(noise);
      while (true) {
        request.out().write(noise);
        sent.addAndGet(noise.length);
      }
    };
    try (RawApp app = new RawApp(endless);
        Site site = new Site(COMPRESSED, app)) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        RawClient client = new RawClient(site.port());
        client.send(asking("GET /", "Accept-Encoding: gzip"));
        clients.add(client);
      }
      Site.await("all compress", () -> site.status("compressorsInUse").intValue() == 5);
      long[] before = {-1};
      Site.await("the application is held back", () -> {
        boolean same = sent.get() == before[0];
        before[0] = sent.get();
        return same && sent.get() > 0;
      });
      for (RawClient client : clients) {
        client.close();
      }
      Site.await("none is in use", () -> site.status("compressorsInUse").intValue() == 0);
      Site.await("no buffer is", () -> site.status("buffersInUse").intValue() == 0);
    }
  }

  @Test
  void one_that_breaks_off_does_not_look_whole() throws Exception {
    RawApp.Answer broken = request -> {
      request.write(HEAD + "Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
      throw new IOException("breaks off");
    };
    try (RawApp app = new RawApp(broken);
        Site site = new Site(COMPRESSED, app)) {
      RawClient.Reply reply = RawClient.ask(site.port(), asking("GET /", "Accept-Encoding: gzip"));
      assertFalse(reply.whole(), reply.toString());
      Site.await("none is in use", () -> site.status("compressorsInUse").intValue() == 0);
    }
  }

  /** An answer of a certain number: its content, its framing and its pieces follow from that. */
  private static final class Answer {

    private final byte[] content;
    private final Random random;

    private Answer(byte[] content, Random random) {
      this.content = content;
      this.random = random;
    }

    static Answer of(long seed) {
      Random random = new Random(seed);
      byte[] content =
          new byte[random.nextInt(4) == 0 ? random.nextInt(300) : random.nextInt(200_000)];
      int letters = 1 + random.nextInt(255);
      for (int i = 0; i < content.length; i++) {
        content[i] = (byte) random.nextInt(letters);
      }
      return new Answer(content, random);
    }

    void write(RawApp.Request to) throws IOException, InterruptedException {
      int framing = random.nextInt(3);
      to.write(HEAD
          + switch (framing) {
            case 0 -> "Content-Length: " + content.length + "\r\n\r\n";
            case 1 -> "Transfer-Encoding: chunked\r\n\r\n";
            default -> "Connection: close\r\n\r\n";
          });
      for (int at = 0; at < content.length; ) {
        int length = Math.min(content.length - at, 1 + random.nextInt(30_000));
        to.write(framing == 1 ? Integer.toHexString(length) + "\r\n" : "");
        to.out().write(content, at, length);
        to.write(framing == 1 ? "\r\n" : "");
        at += length;
        if (random.nextInt(8) == 0) {
          Thread.sleep(1);
        }
      }
      to.write(framing == 1 ? "0\r\n\r\n" : "");
      if (framing == 2) {
        throw new IOException("it ends with its connection");
      }
    }
  }

  @Test
  void however_an_answer_comes_the_client_gets_the_same() throws Exception {
    long seed = Seed.next();
    HttpsConfig https = new HttpsConfig(
        new HostPort("127.0.0.1", 0), List.of(Certificates.make(folder, "x", "localhost")));
    RawApp.Answer answer =
        request -> Answer.of(Long.parseLong(request.path().substring(1))).write(request);
    try (RawApp app = new RawApp(answer);
        Site site = new Site(https, COMPRESSED, app);
        RawClient http1 = new RawClient(site.port())) {
      HttpClient http2 = HttpClient.newBuilder().sslContext(RawHttp2.trusting()).build();
      for (int round = 0; round < 10; round++) {
        List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          URI uri = URI.create(String.format(
              Locale.ROOT, "https://localhost:%d/%d", site.httpsPort(), Math.abs(seed) + i));
          HttpRequest request =
              HttpRequest.newBuilder(uri).header("Accept-Encoding", "gzip").build();
          answers.add(http2.sendAsync(request, BodyHandlers.ofByteArray()));
        }
        for (int i = 0; i < 10; i++) {
          byte[] content = Answer.of(Math.abs(seed) + i).content;
          http1.send(asking("GET /" + (Math.abs(seed) + i), "Accept-Encoding: gzip"));
          RawClient.Reply reply = http1.reply();
          assertTrue(reply.whole());
          byte[] body = reply.text().getBytes(StandardCharsets.ISO_8859_1);
          assertArrayEquals(
              content, reply.has("Content-Encoding: gzip") ? unzipped(body) : body, "seed " + seed);
          HttpResponse<byte[]> other = answers.get(i).get();
          boolean gzip = other.headers().firstValue("content-encoding").isPresent();
          assertArrayEquals(content, gzip ? unzipped(other.body()) : other.body(), "seed " + seed);
        }
        seed = Math.abs(seed) + 10;
      }
      Site.await("none is in use", () -> site.status("compressorsInUse").intValue() == 0);
    }
  }
}
