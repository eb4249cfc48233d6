package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.edge.upstream.UpstreamLimits;
import appliance.edge.write.LateAnswers;
import appliance.fastcgi.FastCgiLimits;
import appliance.fastcgi.PhpLimits;
import appliance.model.Epoch;
import appliance.testing.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers to writes that come in a gap of the master's lease. */
final class EdgeLateAnswerTest {

  private static final int ANSWERS_MAX = LateSite.ANSWERS_MAX;
  private static final long NANOS_MAX = LateSite.NANOS_MAX;
  private static final Epoch FIVE = LateSite.FIVE;
  private static final Duration SILENCE = Duration.ofMillis(300);
  private static final String LONG = "long enough for a buffer ".repeat(2_000);
  private static final String WRITE = LateSite.WRITE;

  @TempDir
  private Path folder = Path.of("");

  private final LateSite site = new LateSite();
  private final AtomicLong clock = site.clock;
  private final LateAnswers late = site.late;
  private final Right right = site.right;
  private final CountDownLatch goOn = site.goOn;
  private final AtomicInteger begun = site.begun;

  @AfterEach
  void end() {
    site.close();
  }

  /** Before an application that answers once it may, with these pieces. */
  private Edge http(String... pieces) {
    return site.http(request -> {
      request.body();
      for (String piece : pieces) {
        request.write(piece);
      }
    });
  }

  private Edge php(String answer) throws IOException {
    return site.php(folder, request -> request.answer(answer), false);
  }

  private static String sized(String body) {
    return "HTTP/1.1 200 Fine\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private void acknowledged(String body, RawClient.Reply reply) {
    assertEquals(200, reply.status());
    assertTrue(reply.has("Appliance-Epoch: 5\r\n"), reply.head());
    assertEquals(body, reply.text());
    assertTrue(reply.whole());
    Site.await("nothing is left of it", () -> late.waiting() + right.underWay.get() == 0);
  }

  private static void assertUnknown(RawClient.Reply reply) {
    assertTrue(reply.head().startsWith("HTTP/1.1 503 Service Unavailable\r\n"), reply.head());
    assertTrue(reply.has("Retry-After:"), reply.head());
    assertFalse(reply.has("Appliance-Epoch"), reply.head());
    assertTrue(reply.text().contains("whether it was done is not known"), reply.text());
  }

  private void waitsAndIsWhole(Edge edge, String body) throws Exception {
    try (RawClient writer = new RawClient(edge.port())) {
      site.answeredInAGap(writer, WRITE);
      right.held = FIVE;
      acknowledged(body, writer.reply());
      writer.send(WRITE);
      acknowledged(body, writer.reply());
    }
  }

  @Test
  void one_waits_for_the_lease_of_the_same_epoch_and_goes_out_whole() throws Exception {
    waitsAndIsWhole(http(sized("written")), "written");
  }

  @Test
  void an_operator_sees_how_many_wait_and_how_many_ever_did() throws Exception {
    Edge edge = http(sized("written"));
    assertEquals(List.of(0L, 0L), told(edge));
    try (RawClient writer = new RawClient(edge.port())) {
      site.answeredInAGap(writer, WRITE);
      Site.await("both count it", () -> told(edge).equals(List.of(1L, 1L)));
      right.held = FIVE;
      acknowledged("written", writer.reply());
      assertEquals(List.of(0L, 1L), told(edge));
    }
  }

  private static List<Long> told(Edge edge) {
    Map<String, Object> json = edge.source().read().json();
    return List.of(number(json, "answersHeld"), number(json, "answersEverHeld"));
  }

  private static long number(Map<String, Object> json, String name) {
    return json.get(name) instanceof Number number ? number.longValue() : -1;
  }

  @Test
  void so_does_one_that_is_larger_than_a_buffer() throws Exception {
    waitsAndIsWhole(http(sized(LONG.repeat(20))), LONG.repeat(20));
  }

  @Test
  void so_does_one_that_comes_in_pieces() throws Exception {
    String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    waitsAndIsWhole(http(head, "7\r\nwritten\r\n", "0\r\n\r\n"), "written");
  }

  @Test
  void so_does_one_without_a_body() throws Exception {
    waitsAndIsWhole(http(sized("")), "");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1_000})
  void so_does_one_of_php(int repeats) throws Exception {
    String answer = "a line of php's\n".repeat(repeats);
    waitsAndIsWhole(php(answer), answer);
  }

  @Test
  void it_is_a_503_once_another_epoch_has_begun() throws Exception {
    Edge edge = http(sized("written"));
    try (RawClient writer = new RawClient(edge.port())) {
      site.answeredInAGap(writer, WRITE);
      right.held = new Epoch(6);
      assertUnknown(writer.reply());
    }
  }

  @Test
  void it_is_a_503_when_its_time_is_over() throws Exception {
    Edge edge = http(sized("written"));
    try (RawClient writer = new RawClient(edge.port())) {
      site.answeredInAGap(writer, WRITE);
      clock.addAndGet(NANOS_MAX);
      assertUnknown(writer.reply());
      right.held = FIVE;
      writer.send(WRITE);
      acknowledged("written", writer.reply());
    }
  }

  @Test
  void one_of_php_is_a_503_when_its_time_is_over() throws Exception {
    Edge edge = php("written");
    try (RawClient writer = new RawClient(edge.port())) {
      site.answeredInAGap(writer, WRITE);
      clock.addAndGet(NANOS_MAX);
      assertUnknown(writer.reply());
    }
  }

  /** A limit on the application's silence that is shorter than an answer may wait. */
  private void silenceIsShort() {
    site.limits = HttpLimits.idle(UpstreamLimits.DEFAULTS, SILENCE);
    site.phpLimits = PhpLimits.silence(
        FastCgiLimits.DEFAULTS, FastCgiLimits.DEFAULTS.times().firstByte(), SILENCE);
  }

  private void waitsBeyondTheSilence() {
    Await.pause(10 * SILENCE.toMillis()); // nothing is to happen, for all that time
    assertEquals(1, late.waiting(), "its answer waits still");
  }

  @Test
  void one_that_is_not_all_there_waits_for_longer_than_its_application_may_be_silent()
      throws Exception {
    silenceIsShort();
    CountDownLatch more = new CountDownLatch(1);
    Edge edge = site.http(request -> {
      request.body();
      request.write("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n");
      more.await();
      request.write("written");
      begun.incrementAndGet();
    });
    try (RawClient writer = new RawClient(edge.port())) {
      site.answeredInAGap(writer, WRITE);
      waitsBeyondTheSilence();
      more.countDown();
      Site.await("the rest is there", () -> begun.get() == 2);
      right.held = FIVE;
      acknowledged("written", writer.reply());
    }
  }

  @Test
  void a_long_one_of_php_that_may_not_begin_for_too_long_is_a_503_and_no_cut() throws Exception {
    silenceIsShort();
    Edge edge = php(LONG);
    try (RawClient writer = new RawClient(edge.port())) {
      site.answeredInAGap(writer, WRITE);
      waitsBeyondTheSilence();
      clock.addAndGet(NANOS_MAX);
      assertUnknown(writer.reply());
    }
  }

  @Test
  void those_beyond_the_limit_are_a_503_at_once() throws Exception {
    Edge edge = http(sized("written"));
    try (RawClient first = new RawClient(edge.port());
        RawClient second = new RawClient(edge.port());
        RawClient third = new RawClient(edge.port())) {
      for (RawClient writer : List.of(first, second, third)) {
        writer.send(WRITE);
      }
      Site.await("all are under way", () -> begun.get() == 3);
      right.held = Epoch.NONE;
      goOn.countDown();
      Site.await("two wait, one does not", () -> right.underWay.get() == ANSWERS_MAX);
      assertEquals(ANSWERS_MAX, late.waiting());
      right.held = FIVE;
      List<Integer> statuses = new ArrayList<>();
      for (RawClient writer : List.of(first, second, third)) {
        statuses.add(writer.reply().status());
      }
      Collections.sort(statuses);
      assertEquals(List.of(200, 200, 503), statuses);
    }
  }

  @Test
  void nothing_is_left_of_one_whose_client_has_gone() throws Exception {
    Edge edge = http(sized(LONG.repeat(20)));
    try (RawClient writer = new RawClient(edge.port())) {
      site.answeredInAGap(writer, WRITE);
    }
    clock.addAndGet(NANOS_MAX);
    Site.await("nothing is left of it", () -> late.waiting() + right.underWay.get() == 0);
    Site.await("the request is over", () -> number(edge.source().read().json(), "active") == 0);
  }
}
