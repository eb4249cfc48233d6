package appliance.fastcgi;

import static appliance.fastcgi.FakePhp.end;
import static appliance.fastcgi.FakePhp.join;
import static appliance.fastcgi.FakePhp.record;
import static appliance.fastcgi.FakePhp.stderr;
import static appliance.fastcgi.FakePhp.stdout;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.HostPort;
import appliance.testing.Await;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that is broken, or lies: the client gets an honest error or an honest answer. */
final class HostileServerTest {

  private static final String HEAD = "Content-Type: text/plain\r\n\r\n";

  @TempDir
  Path folder;

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private Front front(FakePhp.Script script) throws IOException {
    return front(new FakePhp(script), limits -> limits);
  }

  private Front front(FakePhp php, UnaryOperator<FastCgiLimits> change) throws IOException {
    Files.writeString(folder.resolve("index.php"), "");
    PhpAddress address = new PhpAddress.Tcp(new HostPort("127.0.0.1", php.port()));
    FastCgiConfig config = FastCgiConfig.of(address, folder);
    Front front = new Front(config.with(change.apply(config.limits())));
    open.add(front);
    open.add(php);
    return front;
  }

  @Test
  void an_answer_may_be_cut_at_every_byte() throws IOException {
    byte[] whole = join(
        stdout("Status: 201 Made\r\nX-A: b\r\nSet-Cookie: a=1\r\nSet-"),
        stderr("a line\n"),
        stdout("Cookie: b=2\r\n\r"),
        stdout("\nhel"),
        stdout("lo"),
        stdout(""),
        end(0));
    AtomicInteger cut = new AtomicInteger();
    Front front = front(request -> {
      int at = cut.get();
      request.send(Arrays.copyOf(whole, at));
      request.send(Arrays.copyOfRange(whole, at, whole.length));
    });
    for (; cut.get() <= whole.length; cut.incrementAndGet()) {
      HttpResponse<String> answer = front.get("/");
      assertEquals(201, answer.statusCode());
      assertEquals("hello", answer.body(), "cut at " + cut);
      assertEquals(List.of("a=1", "b=2"), answer.headers().allValues("Set-Cookie"));
    }
    assertEquals(0, front.status("failures"));
    assertEquals(whole.length + 1, front.status("stderrLines"));
  }

  @Test
  void an_answer_may_come_byte_by_byte() throws IOException {
    byte[] whole = join(stdout(HEAD + "hel"), stdout("lo"), end(0));
    Front front = front(request -> {
      for (byte b : whole) {
        request.send(new byte[] {b});
      }
    });
    assertEquals("hello", front.body("/"));
    assertEquals("hello", front.body("/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no colon\r\n\r\n",
        "Status: 99\r\n\r\n",
        "Status: 1000\r\n\r\n",
        "Status: yes\r\n\r\n",
        "Content-Length: 1x\r\n\r\n",
        "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "X\u0001: a\r\n\r\n",
        "X A: a\r\n\r\n",
        "X: a\u0000b\r\n\r\n",
        ": a\r\n\r\n",
        " folded: a\r\n\r\n",
      })
  void a_broken_head_is_a_502(String head) throws IOException {
    Front front = front(request -> request.send(join(stdout(head + "body"), end(0))));
    assertEquals(502, front.get("/").statusCode());
    assertEquals(1, front.status("failures"));
  }

  @Test
  void a_head_without_an_end_is_a_502() throws IOException {
    Front front = front(request -> {
      for (int i = 0; i < 100; i++) {
        request.send(stdout("X-Long-" + i + ": " + "x".repeat(1000) + "\r\n"));
      }
    });
    assertEquals(502, front.get("/").statusCode());
  }

  @Test
  void what_is_no_record_is_a_502() throws IOException {
    List<byte[]> broken = List.of(
        "HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
        record(Records.STDOUT, 7, new byte[] {'a'}, 0),
        record(99, 1, new byte[0], 0),
        record(Records.END_REQUEST, 1, new byte[3], 0),
        join(end(0)),
        join(stdout(""), end(1)),
        join(stdout("X-A: b\r\n"), end(0)));
    AtomicInteger which = new AtomicInteger();
    Front front = front(request -> request.send(broken.get(which.get())));
    for (; which.get() < broken.size(); which.incrementAndGet()) {
      assertEquals(502, front.get("/").statusCode(), "case " + which);
    }
    assertEquals(broken.size(), front.status("failures"));
  }

  @Test
  void what_follows_the_end_is_nobodys_answer() throws IOException {
    byte[] forged = join(stdout(HEAD + "forged"), end(0));
    Front front = front(request -> request.send(join(stdout(HEAD + "mine"), end(0), forged)));
    for (int i = 0; i < 5; i++) {
      HttpResponse<String> answer = front.get("/");
      assertFalse(answer.body().contains("forged"), answer.body());
    }
  }

  @Test
  void an_answer_that_breaks_off_is_never_complete() throws IOException {
    Front front = front(request -> {
      request.send(stdout(HEAD + "half of it"));
      request.socket().close();
    });
    String raw = front.raw("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assertTrue(raw.contains("half of it"), raw);
    assertFalse(raw.contains("\r\n0\r\n"), raw);
    assertThrows(IOException.class, () -> front.get("/"));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 100})
  void an_answer_of_another_length_than_announced_is_never_complete(int length) throws IOException {
    String head = "Content-Length: " + length + "\r\n\r\n";
    Front front = front(request -> {
      request.send(stdout(head));
      request.send(join(stdout("hello"), end(0)));
    });
    try {
      assertEquals(502, front.get("/").statusCode());
    } catch (IOException e) {
      // The other honest end, once some of the body is out.
      Await.until("it is counted", () -> front.status("failures") > 0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 100})
  void an_answer_at_hand_of_another_length_than_announced_is_a_502(int length) throws IOException {
    String head = "Content-Length: " + length + "\r\n\r\n";
    Front front = front(request -> request.send(join(stdout(head), stdout("hello"), end(0))));
    assertEquals(502, front.get("/").statusCode());
    assertEquals(1, front.status("failures"));
  }

  @Test
  void a_close_before_the_answer_is_tried_twice_more_if_that_is_safe() throws IOException {
    FakePhp php = new FakePhp(request -> request.socket().close());
    Front front = front(php, limits -> limits);
    assertEquals(502, front.get("/").statusCode());
    assertEquals(3, php.requests.get());
    assertEquals(
        502, front.send(front.request("/").POST(BodyPublishers.ofString("a"))).statusCode());
    assertEquals(4, php.requests.get());
  }

  @Test
  void a_kept_connection_that_php_closed_costs_nobody_an_answer() throws IOException {
    FakePhp php = new FakePhp(request -> {
      request.send(join(stdout(HEAD + "hello"), end(0)));
      request.socket().close();
    });
    Front front = front(php, limits -> limits);
    for (int i = 0; i < 50; i++) {
      assertEquals("hello", front.body("/"));
    }
    assertEquals(0, front.status("failures"));
  }

  @Test
  void an_overloaded_server_is_told_as_unsent() throws IOException {
    Front front = front(request -> request.send(end(2)));
    assertEquals(503, front.get("/").statusCode());
    assertEquals(1, front.unsent.size());
    assertTrue(front.unsent.get(0).startsWith("BUSY: "), front.unsent.toString());
  }

  @Test
  void silence_is_a_504() throws IOException {
    FakePhp php = new FakePhp(request -> {});
    Front front =
        front(php, l -> PhpLimits.silence(l, Duration.ofMillis(300), Duration.ofMillis(300)));
    assertEquals(504, front.get("/").statusCode());
    assertEquals(1, php.requests.get());
  }

  @Test
  void silence_after_the_head_breaks_the_answer() throws IOException {
    FakePhp php = new FakePhp(request -> request.send(stdout(HEAD + "a")));
    Front front =
        front(php, l -> PhpLimits.silence(l, Duration.ofSeconds(60), Duration.ofMillis(300)));
    assertThrows(IOException.class, () -> front.get("/"));
  }

  @Test
  void a_full_queue_and_a_long_wait_are_unsent() throws IOException {
    FakePhp php = new FakePhp(request -> {});
    Front front = front(
        php,
        limits -> PhpLimits.silence(
            PhpLimits.queue(PhpLimits.connections(limits, 1), 2, Duration.ofMillis(300)),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1)));
    List<Thread> clients = new ArrayList<>();
    List<Integer> statuses = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 5; i++) {
      Thread client = new Thread(() -> {
        try {
          statuses.add(front.get("/").statusCode());
        } catch (IOException e) {
          statuses.add(0);
        }
      });
      client.start();
      clients.add(client);
    }
    for (Thread client : clients) {
      await(client);
    }
    assertEquals(5, statuses.size());
    assertTrue(statuses.contains(503) && statuses.contains(504), statuses.toString());
    assertFalse(front.unsent.isEmpty());
    assertTrue(
        front.unsent.stream().allMatch(why -> why.startsWith("BUSY: ")), front.unsent.toString());
    assertEquals(0, front.status("queued"));
  }

  private static void await(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void a_server_that_is_not_there_is_unsent() throws IOException {
    FakePhp php = new FakePhp(request -> {});
    Front front = front(php, limits -> PhpLimits.restart(limits, Duration.ofMillis(300)));
    assertTrue(front.fastCgi.check().healthy());
    php.close();
    assertEquals(503, front.get("/").statusCode());
    assertEquals(1, front.unsent.size());
    assertFalse(front.fastCgi.check().healthy());
    // By now it is no restart: the next one is told at once.
    assertEquals(503, front.get("/").statusCode());
    assertEquals(2, front.unsent.size());
    assertTrue(
        front.unsent.stream().allMatch(why -> why.startsWith("UNREACHABLE: ")),
        front.unsent.toString());
  }
}
