package appliance.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.CheckResult;
import appliance.model.HealthQuestion;
import appliance.model.HostPort;
import appliance.testing.Await;
import appliance.testing.LogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/** Questions to a php whose children answer when the test says so. */
final class PathChecksTest {

  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir
  private Path folder = Path.of("");

  private final List<AutoCloseable> open = new ArrayList<>();
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final AtomicInteger hanging = new AtomicInteger();
  private final FakePhp php = new FakePhp(this::answer);
  private XnioWorker worker;
  private XnioIoThread thread;

  @BeforeEach
  void serve() throws IOException {
    Files.writeString(folder.resolve("index.php"), "");
    worker = Xnio.getInstance()
        .createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 1, Options.THREAD_DAEMON, true));
    thread = worker.getIoThread();
    open.add(worker::shutdownNow);
    open.add(php);
  }

  @AfterEach
  void close() throws Exception {
    goOn.countDown();
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private void answer(FakePhp.Request request) throws IOException {
    String query = String.valueOf(request.parameters().get("QUERY_STRING"));
    if (query.equals("hang")) {
      hanging.incrementAndGet();
      FakePhp.await(goOn);
    }
    if (query.equals("broken")) {
      request.send(FakePhp.stdout("Status: 500 Broken\r\n\r\n"));
      request.send(FakePhp.end(0));
    } else {
      request.answer("fine");
    }
  }

  private FastCgi fastCgi(int connections) {
    PhpAddress address = new PhpAddress.Tcp(new HostPort("127.0.0.1", php.port()));
    FastCgiConfig config = FastCgiConfig.of(address, folder).withFrontController(Optional.empty());
    FastCgiLimits limits = PhpLimits.connections(config.limits(), connections);
    return new FastCgi(config.with(PhpLimits.keepAlive(limits, Duration.ofHours(1))));
  }

  private CompletableFuture<CheckResult> ask(FastCgi of, String path, Duration time) {
    CompletableFuture<CheckResult> result = new CompletableFuture<>();
    of.ask(thread, new HealthQuestion("shop.example", path, time), result::complete);
    return result;
  }

  @Test
  void its_status_counts() {
    FastCgi one = fastCgi(1);
    assertEquals(CheckResult.PASSED, ask(one, "/", LONG).join());
    assertEquals(
        CheckResult.failed("status 500 at fastcgi://127.0.0.1:" + php.port()),
        ask(one, "/?broken", LONG).join());
    int before = php.requests.get();
    assertEquals(CheckResult.PASSED, ask(one, "/no-script", LONG).join());
    assertEquals(CheckResult.PASSED, ask(one, "/no%zzscript", LONG).join());
    assertEquals(before, php.requests.get());
  }

  @Test
  void a_page_that_hangs_holds_one_child_however_often_it_is_asked_for() {
    FastCgi three = fastCgi(3);
    for (int i = 0; i < 5; i++) {
      assertEquals(
          CheckResult.failed("no answer within 50 ms at fastcgi://127.0.0.1:" + php.port()),
          ask(three, "/?hang", SHORT).join());
    }
    Await.until("it is asked for", () -> hanging.get() > 0);
    CompletableFuture<CheckResult> next = ask(three, "/", LONG);
    assertEquals(1, hanging.get());
    goOn.countDown();
    assertEquals(CheckResult.PASSED, next.join());
    assertEquals(1, hanging.get());
  }

  @Test
  void it_is_put_off_while_all_children_work_for_others() throws Exception {
    try (Front front = new Front(fastCgi(1), 1)) {
      assertEquals("fine", front.body("/"));
      CompletableFuture<String> held = CompletableFuture.supplyAsync(() -> body(front, "/?hang"));
      Await.until("its child is at work", () -> hanging.get() == 1);
      assertEquals(CheckResult.BUSY, ask(front.fastCgi, "/?broken", LONG).join());
      goOn.countDown();
      assertEquals("fine", held.join());
      Await.until("its child is free", () -> !front.fastCgi.busy());
      assertTrue(ask(front.fastCgi, "/?broken", LONG).join().why().startsWith("status 500"));
    }
  }

  private static String body(Front front, String path) {
    try {
      return front.body(path);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_check_alone_puts_no_other_off() {
    FastCgi one = fastCgi(1);
    assertEquals(CheckResult.PASSED, ask(one, "/", LONG).join());
    CompletableFuture<CheckResult> first = ask(one, "/?hang", LONG);
    Await.until("its child is at work", () -> hanging.get() == 1);
    assertTrue(!one.busy());
    goOn.countDown();
    assertEquals(CheckResult.PASSED, first.join());
  }

  @Test
  void checks_keep_no_child_of_a_php_that_nobody_else_uses() throws Exception {
    FastCgi two = fastCgi(2);
    assertEquals(CheckResult.PASSED, ask(two, "/", LONG).join());
    Await.until("its connection is closed", () -> idle(two) == 0);
    try (Front front = new Front(two, 1)) {
      assertEquals("fine", front.body("/"));
      int before = php.accepted.get();
      for (int i = 0; i < 3; i++) {
        Await.until("its connection is kept", () -> idle(two) == 1);
        assertEquals(CheckResult.PASSED, ask(two, "/", LONG).join());
      }
      assertEquals(before, php.accepted.get(), "they use the one that is there");
    }
  }

  private static long idle(FastCgi of) {
    return of.status().json().get("idle") instanceof Number number ? number.longValue() : -1;
  }

  @Test
  void nobody_there_is_told_as_such() {
    FastCgi one = fastCgi(1);
    php.close();
    CheckResult result = ask(one, "/", Duration.ofMinutes(5)).join();
    assertEquals(CheckResult.Verdict.ABSENT, result.verdict());
  }

  @Test
  void one_that_the_end_of_its_thread_leaves_over_is_no_error() throws Exception {
    try (LogLines lines = LogLines.of("org.xnio")) {
      FastCgi one = fastCgi(1);
      HealthQuestion question = new HealthQuestion("shop.example", "/", LONG);
      CompletableFuture<String> ends = new CompletableFuture<>();
      thread.execute(ends::join);
      one.ask(thread, question, result -> {});
      worker.shutdownNow();
      one.ask(thread, question, result -> {});
      ends.complete("now");
      assertTrue(worker.awaitTermination(60, TimeUnit.SECONDS));
      assertEquals(List.of(), lines.warnings());
    }
  }
}
