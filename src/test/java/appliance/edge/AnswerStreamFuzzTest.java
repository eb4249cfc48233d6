package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.edge.upstream.UpstreamLimits;
import appliance.testing.Seed;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mutated answers of an application, with others of the same application in between: each client gets
 * what is its own or an honest error, and nothing is left over. {@code scripts/fuzz} runs many more.
 */
final class AnswerStreamFuzzTest {

  private static final Logger log = LoggerFactory.getLogger(AnswerStreamFuzzTest.class);

  private static final int CLIENTS = 16;
  private static final int PATIENCE_MILLIS = 60_000;
  private static final int SILENCE_MILLIS = 50;

  private static final Pattern CASE = Pattern.compile("case \\d+;");

  private static final UpstreamLimits SHORT = new UpstreamLimits(
      Duration.ofSeconds(10),
      Duration.ofSeconds(30),
      Duration.ofSeconds(2),
      Duration.ZERO,
      Duration.ofSeconds(2),
      Duration.ofSeconds(10),
      Duration.ofSeconds(5),
      64,
      1_000,
      Duration.ofSeconds(60),
      true);

  private final long seed = Seed.next();
  private final int answers = Integer.getInteger("fuzz.answers", 1_500);
  private final Map<Integer, Integer> statuses = new ConcurrentSkipListMap<>();

  @Test
  void no_mutation_of_answers_reaches_another_client_or_leaves_anything_behind() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try (RawApp app = new RawApp(this::answer);
        Site site = new Site(SHORT, app)) {
      List<Future<Object>> all = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int first = i;
        Callable<Object> some = () -> {
          for (long number = first; number < answers; number += CLIENTS) {
            ask(site.port(), number);
          }
          return first;
        };
        all.add(clients.submit(some));
      }
      for (Future<Object> each : all) {
        each.get();
      }
      Site.await("no request under way", () -> site.status("active").intValue() == 0);
      Site.await("all buffers given back", () -> site.status("buffersInUse").intValue() == 0);
      Site.await(
          "no connection in use",
          () -> site.status("upstreamConnections").intValue()
              == site.status("upstreamConnectionsIdle").intValue());
    } finally {
      clients.shutdownNow();
    }
    log.info("{} mutated answers, seed {}: {}", answers, seed, statuses);
    assertTrue(statuses.getOrDefault(200, 0) > answers / 20, "too few were right: " + statuses);
    assertTrue(statuses.getOrDefault(502, 0) > answers / 20, "too few were wrong: " + statuses);
  }

  private void answer(RawApp.Request request) throws IOException {
    request.body();
    if (request.path().startsWith("/plain/")) {
      request.ok(request.path());
      return;
    }
    long number = Long.parseLong(request.path().substring("/m/".length()));
    String raw = new AnswerMutations(seed, number).next();
    request.write(raw);
    if (number % 4 == 0) {
      throw new IOException("closes");
    }
    request.socket().setSoTimeout(SILENCE_MILLIS); // ends what waits for more of a mutated answer
  }

  private void ask(int port, long number) throws IOException {
    String method = List.of("GET", "GET", "HEAD", "POST").get((int) (number % 4));
    String sent = new AnswerMutations(seed, number).next();
    String context = "answer " + number + " of seed " + seed + " to " + method + ":\n"
        + sent.replace("\0", "\\0").replace("\r", "\\r").replace("\n", "\\n\n");
    try (RawClient client = new RawClient(port)) {
      client.socket.setSoTimeout(PATIENCE_MILLIS);
      client.send(method + " /m/" + number
          + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      RawClient.Reply reply = client.reply(method.equals("HEAD"));
      statuses.merge(reply.status(), 1, Integer::sum);
      own(sent, reply, context);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("no end of " + context, e);
    }
    RawClient.Reply next = RawClient.get(port, "/plain/" + number);
    assertEquals("/plain/" + number, next.text(), context + "\n" + next.head());
  }

  private static void own(String sent, RawClient.Reply reply, String context) {
    String received = reply.head() + reply.text();
    boolean told = reply.status() >= 500 && reply.text().contains("the application");
    assertTrue(
        told || reply.status() != 500 || sent.contains(" 500"), "an error of ours: " + context);
    assertFalse(received.contains("/plain/"), "another's: " + context + received);
    Matcher marked = CASE.matcher(reply.text());
    while (marked.find()) {
      assertTrue(sent.contains(marked.group()), "another's: " + context + received);
    }
  }
}
