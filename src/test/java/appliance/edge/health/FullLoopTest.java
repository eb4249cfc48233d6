package appliance.edge.health;

import static org.junit.jupiter.api.Assertions.assertFalse;

import appliance.edge.balance.SlowStart;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import appliance.edge.upstream.Reach;
import appliance.model.CheckResult;
import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.runtime.Loop;
import appliance.testing.Await;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** News of an application's health that comes while the loop has too much to do is dropped, and nothing else is. */
final class FullLoopTest {

  private static final int TASKS_MAX = 10;

  /** Checks come again and again. */
  private static final HealthRules RULES = new HealthRules(
      Optional.empty(),
      Duration.ofMillis(10),
      Duration.ofSeconds(1),
      2,
      1,
      3,
      Duration.ofDays(1),
      Set.of(503),
      "");

  private static final NodeId SELF = NodeId.random();
  private static final Failure NOBODY = Failure.unsent(Failure.Kind.CONNECT, "nobody is there");

  private final Loop loop = new Loop("test", TASKS_MAX);
  private final SlowStart slowStart = new SlowStart(Duration.ZERO, System::nanoTime);
  private final App app = App.among(
      SELF,
      URI.create("http://h:1"),
      new Reach(InetSocketAddress.createUnresolved("h", 1), Reach.Way.DIRECT));
  private final BlockingQueue<Consumer<CheckResult>> checks = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    loop.close();
  }

  /** Runs {@code news} while the loop takes no more. */
  private void whileFull(Runnable news) {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    loop.execute(() -> {
      busy.countDown();
      await(free);
    });
    await(busy);
    AtomicInteger waiting = new AtomicInteger();
    try {
      for (int i = 0; i <= TASKS_MAX; i++) {
        loop.execute(waiting::decrementAndGet); // what repeats itself waits there, too
        waiting.incrementAndGet();
      }
      throw new AssertionError("the loop has no limit");
    } catch (RejectedExecutionException e) {
      news.run();
    } finally {
      free.countDown();
    }
    Await.until("the loop takes tasks again", () -> waiting.get() == 0);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Consumer<CheckResult> nextCheck() {
    Await.until("it is checked", () -> !checks.isEmpty());
    return checks.remove();
  }

  @Test
  void one_whose_result_was_dropped_is_checked_again_among_several() {
    GroupHealth health = new GroupHealth(
        loop, List.of(app), RULES, slowStart, (a, rules, result) -> checks.add(result));
    health.start();
    Consumer<CheckResult> first = nextCheck();
    whileFull(() -> first.accept(CheckResult.PASSED));
    nextCheck().accept(CheckResult.PASSED);
    Await.until("it is known to work", () -> health.candidates().apps().equals(List.of(app)));
  }

  @Test
  void one_whose_result_was_dropped_is_checked_again_among_nodes() {
    Apps apps =
        new Apps(loop, new Apps.Site("", RULES), Clock.systemUTC(), slowStart, new Checked());
    apps.start();
    loop.execute(() -> apps.see(oneMember()));
    Consumer<CheckResult> first = nextCheck();
    whileFull(() -> first.accept(CheckResult.PASSED));
    nextCheck().accept(CheckResult.PASSED);
    Await.until("it is known to work", () -> apps.health(SELF).healthy());
  }

  @Test
  void one_whose_report_was_dropped_is_reported_again() {
    List<Failure> judged = new CopyOnWriteArrayList<>();
    Reports reports = new Reports(loop, RULES, (a, failure, nobodyThere) -> judged.add(failure));
    whileFull(() -> reports.failed(app, NOBODY, System.nanoTime()));
    assertFalse(app.reported.get(), "nobody has it");
    reports.failed(app, NOBODY, System.nanoTime());
    Await.until("it was judged", () -> judged.equals(List.of(NOBODY)));
    assertFalse(app.reported.get());
  }

  private static ClusterView oneMember() {
    HostPort host = new HostPort("127.0.0.1", 7800);
    Endpoints endpoints =
        new Endpoints(host, host, host, host, Optional.of(URI.create("http://127.0.0.1:9000")));
    Member member = new Member(SELF, "a", endpoints, MemberState.ACTIVE, "");
    return new ClusterView("shop", SELF, new Epoch(1), Optional.of(SELF), true, List.of(member));
  }

  /** Checks when the test says so; nothing else is to be done. */
  private final class Checked implements Apps.Ports {

    @Override
    public void check(App checked, HealthRules rules, Consumer<CheckResult> result) {
      checks.add(result);
    }

    @Override
    public void retire(App gone) {}

    @Override
    public void abandon(App left, String why) {}

    @Override
    public void goAway(@Nullable App left) {}

    @Override
    public void changed() {}

    @Override
    public void fence(Runnable done) {
      done.run();
    }
  }
}
