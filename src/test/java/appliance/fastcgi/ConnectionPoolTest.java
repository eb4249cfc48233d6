package appliance.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.HealthQuestion;
import appliance.model.HostPort;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/** Pools of one php whose connections are opened, or not, when the test says so. */
final class ConnectionPoolTest {

  private final List<Connector.Outcome> connecting = new CopyOnWriteArrayList<>();
  private final Connector connector = new Connector() {
    @Override
    public void connect(XnioIoThread on, Outcome outcome) {
      connecting.add(outcome);
    }

    @Override
    public void check() {}
  };

  private final ConnectionBudget budget = new ConnectionBudget(2);
  private final long begun = System.nanoTime();
  private final Upstream upstream = upstream();
  private XnioWorker worker;
  private XnioIoThread thread;

  private static Upstream upstream() {
    PhpAddress address = new PhpAddress.Tcp(new HostPort("127.0.0.1", 1));
    FastCgiLimits limits = FastCgiConfig.of(address, Path.of("")).limits();
    RateLimitedLog log = new RateLimitedLog(line -> {}, System::nanoTime);
    return new Upstream(
        address,
        limits,
        new Counters(),
        new AtomicInteger(),
        new QueuePlaces(limits.queueMax()),
        log,
        log,
        new PhpServers().memory.part(),
        new Outage(address));
  }

  @BeforeEach
  void begin() throws IOException {
    worker = Xnio.getInstance()
        .createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 1, Options.THREAD_DAEMON, true));
    thread = worker.getIoThread();
  }

  @AfterEach
  void end() {
    worker.shutdownNow();
  }

  private ConnectionPool pool() {
    ConnectionPool pool = new ConnectionPool(thread, connector, budget, upstream);
    budget.join(pool);
    return pool;
  }

  private Call call() {
    HealthQuestion question = new HealthQuestion("x", "/", Duration.ofMinutes(1));
    return new CheckCall(question, Target.Script.of("/", "/x.php", ""), upstream, result -> {});
  }

  @Test
  void who_has_no_free_connection_does_not_take_the_turn_of_one_that_could_move() {
    assertTrue(budget.take());
    ConnectionPool has = pool();
    ConnectionPool waits = pool();
    CompletableFuture<Boolean> looked = new CompletableFuture<>();
    thread.execute(() -> {
      Call gone = call();
      has.submit(gone);
      has.leave(gone);
      waits.submit(call());
      // Behind the look that each pool takes every 100 ms.
      thread.executeAfter(() -> looked.complete(waits.waits()), 200, TimeUnit.MILLISECONDS);
    });
    assertTrue(looked.join());
    assertTrue(budget.mayMove(begun + ConnectionBudget.LATE_NANOS + 1));
  }

  /** Returns what {@code task} does on the thread, once all that this has led to is done. */
  private void run(Runnable task) {
    for (Runnable each : List.of(task, () -> {}, () -> {})) {
      CompletableFuture.runAsync(each, thread).join();
    }
  }

  @Test
  void a_connection_goes_to_who_has_none_on_its_way() {
    ConnectionPool first = pool();
    ConnectionPool fails = pool();
    ConnectionPool waits = pool();
    run(() -> List.of(first, fails, waits).forEach(pool -> pool.submit(call())));
    assertEquals(List.of(first, fails), connecting);
    run(() -> fails.failed(new BacklogFull()));
    assertEquals(List.of(first, fails, waits), connecting);
  }

  @Test
  void nobody_gives_a_connection_to_one_that_opens_none_for_a_moment() {
    ConnectionPool has = pool();
    ConnectionPool fails = pool();
    run(() -> fails.submit(call()));
    long later = System.nanoTime() + 2 * ConnectionBudget.LATE_NANOS;
    assertTrue(budget.isUnfair(has, later));
    run(() -> fails.failed(new BacklogFull()));
    assertFalse(budget.isUnfair(has, later + 2 * ConnectionBudget.LATE_NANOS));
  }
}
