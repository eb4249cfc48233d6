package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.edge.upstream.UpstreamLimits;
import appliance.fastcgi.FakePhp;
import appliance.testing.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Applications that fail while their answers to writes wait for the master's lease: nothing of them is out. */
final class EdgeLateFailureTest {

  private static final String HALF = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf";

  /** Of a body of which as much again does not come. */
  private static final String BEGUN_WRITE =
      LateSite.WRITE.replace(": 3", ": 200003") + "x".repeat(100_000);

  @TempDir
  private Path folder = Path.of("");

  private final LateSite site = new LateSite();

  @AfterEach
  void end() {
    site.close();
  }

  private void breaksOffUnderTheBody(Edge edge) throws IOException {
    try (RawClient writer = new RawClient(edge.port())) {
      site.answeredInAGap(writer, BEGUN_WRITE);
      site.begun.incrementAndGet();
      for (int i = 0; i < 10_000 && writer.in.available() == 0; i++) {
        writer.send("x"); // that nobody takes more is noticed
        Await.pause(5);
      }
      assertEquals(502, writer.reply().status());
      Await.pause(100); // for what is to be left alone
      writer.socket.shutdownOutput();
      assertEquals(-1, writer.in.read(), "the end, and no reset");
    }
    assertEquals(1, number(edge, "upstreamErrors"));
    assertEquals(0, number(edge, "brokenResponses"));
    assertNothingIsLeft(edge);
  }

  private void mayBreakOff() {
    Site.await("it may break off", () -> site.begun.get() == 2);
  }

  private static long number(Edge edge, String name) {
    return edge.source().read().json().get(name) instanceof Number number ? number.longValue() : -1;
  }

  private void assertNothingIsLeft(Edge edge) {
    Site.await("nothing waits", () -> site.late.waiting() + site.right.underWay.get() == 0);
    Site.await("the request is over", () -> number(edge, "active") == 0);
    Site.await("no buffer is lent", () -> number(edge, "buffersInUse") == 0);
  }

  @Test
  void one_that_breaks_off_is_a_502_for_a_client_that_still_sends() throws Exception {
    Edge edge = site.http(request -> {
      request.write(HALF);
      mayBreakOff();
      request.socket().setSoLinger(true, 0);
      request.socket().close();
    });
    breaksOffUnderTheBody(edge);
  }

  @Test
  void so_is_a_php() throws Exception {
    Edge edge = site.php(
        folder,
        request -> {
          request.send(FakePhp.stdout("Content-Type: text/plain\r\n\r\nhalf"));
          mayBreakOff();
          request.socket().close();
        },
        true);
    breaksOffUnderTheBody(edge);
  }

  @Test
  void one_that_takes_too_long_is_a_504() throws Exception {
    site.limits = HttpLimits.total(UpstreamLimits.DEFAULTS, Duration.ofSeconds(1));
    Edge edge = site.http(request -> {
      request.body();
      request.write(HALF);
      mayBreakOff();
    });
    try (RawClient writer = new RawClient(edge.port())) {
      site.answeredInAGap(writer, LateSite.WRITE);
      RawClient.Reply reply = writer.reply();
      site.begun.incrementAndGet();
      assertEquals(504, reply.status());
      assertTrue(reply.text().contains("took too long"), reply.text());
      assertTrue(reply.whole());
    }
    assertNothingIsLeft(edge);
  }
}
