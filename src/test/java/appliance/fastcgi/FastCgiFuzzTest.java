package appliance.fastcgi;

import static appliance.fastcgi.FakePhp.end;
import static appliance.fastcgi.FakePhp.join;
import static appliance.fastcgi.FakePhp.record;
import static appliance.fastcgi.FakePhp.stderr;
import static appliance.fastcgi.FakePhp.stdout;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.HostPort;
import appliance.testing.Await;
import appliance.testing.Seed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mutated records of a FastCGI server, with sound answers in between: each client gets what is its own or
 * an honest error, and no connection is lost. {@code scripts/fuzz} runs many more.
 */
final class FastCgiFuzzTest {

  private static final Logger log = LoggerFactory.getLogger(FastCgiFuzzTest.class);

  private static final int CLIENTS = 8;

  /** Of a body's mark, in its first record. */
  private static final int MARK_BEGIN = 3;

  private static final int SILENCE_MILLIS = 100;
  private static final Pattern CASE = Pattern.compile("case \\d+;");
  private static final Pattern STATUS = Pattern.compile("^HTTP/1\\.[01] (\\d{3})");

  @TempDir
  private Path folder;

  private final long seed = Seed.next();
  private final int answers = Integer.getInteger("fuzz.fastcgi", 800);
  private final Map<Integer, Integer> statuses = new ConcurrentSkipListMap<>();

  @Test
  void no_mutation_of_records_reaches_another_client_or_costs_a_connection() throws Exception {
    Files.writeString(folder.resolve("index.php"), "");
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try (FakePhp php = new FakePhp(this::answer);
        Front front = front(php)) {
      List<Future<Object>> all = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int first = i;
        Callable<Object> some = () -> {
          for (long number = first; number < answers; number += CLIENTS) {
            ask(front, number);
          }
          return first;
        };
        all.add(clients.submit(some));
      }
      for (Future<Object> each : all) {
        each.get();
      }
      Await.until("nobody waits", () -> front.status("queued") == 0);
      Await.until("no connection in use", () -> front.status("active") == 0);
    } finally {
      clients.shutdownNow();
    }
    log.info("{} mutated answers of php, seed {}: {}", answers, seed, statuses);
    assertTrue(statuses.getOrDefault(200, 0) > answers / 20, "too few were right: " + statuses);
    assertTrue(statuses.getOrDefault(502, 0) > answers / 20, "too few were wrong: " + statuses);
  }

  private Front front(FakePhp php) {
    FastCgiConfig config =
        FastCgiConfig.of(new PhpAddress.Tcp(new HostPort("127.0.0.1", php.port())), folder);
    return new Front(config);
  }

  private void answer(FakePhp.Request request) throws IOException {
    String query = request.parameters().getOrDefault("QUERY_STRING", "");
    if (query.startsWith("plain=")) {
      request.send(join(stdout("Content-Type: text/plain\r\n\r\n" + query), end(0)));
      return;
    }
    long number = Long.parseLong(query.substring("case=".length()));
    request.send(mutated(number));
    if (number % 3 != 0) {
      request.socket().close();
    } else {
      request.socket().setSoTimeout(SILENCE_MILLIS); // ends what waits for more of a mutated answer
    }
  }

  private Random random(long number) {
    return new Random(seed ^ (number + 1) * 0x9E3779B97F4A7C15L);
  }

  private byte[] mutated(long number) {
    Random random = random(number);
    String body = "case " + number + ";";
    String length = random.nextInt(3) == 0 ? "Content-Length: " + body.length() + "\r\n" : "";
    byte[] answer = join(
        stdout("Status: " + (random.nextBoolean() ? "200 OK" : "404 Not") + "\r\n"),
        random.nextInt(3) == 0 ? stderr("a line\n") : new byte[0],
        stdout("Content-Type: text/plain\r\n" + length + "\r\n" + body.substring(0, MARK_BEGIN)),
        random.nextInt(4) == 0
            ? record(Records.STDOUT, random.nextInt(3), new byte[3], 1)
            : new byte[0],
        stdout(body.substring(MARK_BEGIN)),
        end(0));
    for (int i = random.nextInt(4); i > 0 && answer.length > 0; i--) {
      answer = damage(answer, random);
    }
    return answer;
  }

  private static byte[] damage(byte[] answer, Random random) {
    int at = random.nextInt(answer.length);
    int to = Math.min(answer.length, at + 1 + random.nextInt(12));
    ByteArrayOutputStream damaged = new ByteArrayOutputStream();
    damaged.write(answer, 0, at);
    switch (random.nextInt(5)) {
      case 0 -> damaged.write(random.nextInt(256));
      case 1 -> damaged.write(answer, at, to - at);
      case 2 -> at = to;
      case 3 -> {
        damaged.write(random.nextInt(256));
        at++;
      }
      default -> at = answer.length;
    }
    damaged.writeBytes(Arrays.copyOfRange(answer, at, answer.length));
    return damaged.toByteArray();
  }

  private void ask(Front front, long number) throws IOException {
    String context = "answer " + number + " of seed " + seed;
    String reply =
        front.raw("GET /?case=" + number + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    Matcher status = STATUS.matcher(reply);
    int told = status.find() ? Integer.parseInt(status.group(1)) : 0;
    statuses.merge(told, 1, Integer::sum);
    String sent = new String(mutated(number), StandardCharsets.ISO_8859_1);
    assertTrue(
        told != 500 || sent.contains("500"), "an error of ours in " + context + ": " + reply);
    assertFalse(reply.contains("plain="), "another's in " + context + ": " + reply);
    Matcher marked = CASE.matcher(reply);
    while (marked.find() && !reply.contains("case " + number + ";")) {
      // A damaged number is its own, too; the mark lies in two records.
      String end = marked.group().substring(MARK_BEGIN);
      assertTrue(sent.contains(end), "another's in " + context + ": " + reply);
    }
    String plain =
        front.raw("GET /?plain=" + number + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assertEquals(true, plain.contains("plain=" + number), context + ", then: " + plain);
  }
}
