package appliance.edge.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.edge.balance.SlowStart;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import appliance.edge.upstream.Reach;
import appliance.model.CheckResult;
import appliance.model.NodeId;
import appliance.runtime.Loop;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Four applications of one node whose checks end when the test says so. */
final class GroupHealthTest {

  private static final HealthRules RULES = new HealthRules(
      Optional.empty(),
      Duration.ofDays(1),
      Duration.ofSeconds(1),
      2,
      1,
      3,
      Duration.ofDays(1),
      Set.of(503),
      "");

  private static final NodeId SELF = NodeId.random();

  private final List<App> apps = IntStream.range(0, 4)
      .mapToObj(i -> App.among(
          SELF,
          URI.create("http://h:" + i),
          new Reach(InetSocketAddress.createUnresolved("h", i), Reach.Way.DIRECT)))
      .toList();
  private final Map<App, Consumer<CheckResult>> checks = new HashMap<>();
  private final Loop loop = new Loop("test", 100);
  private final GroupHealth health = new GroupHealth(
      loop,
      apps,
      RULES,
      new SlowStart(Duration.ZERO, System::nanoTime),
      (app, rules, result) -> checks.put(app, result));

  @AfterEach
  void close() {
    loop.close();
  }

  /** Returns when the loop has done all that was posted before, and what that has posted. */
  private void settle() {
    for (int i = 0; i < 2; i++) {
      CompletableFuture<Boolean> done = new CompletableFuture<>();
      loop.execute(() -> done.complete(true));
      assertTrue(done.join());
    }
  }

  private void checked(int index, boolean good) {
    App app = apps.get(index);
    Consumer<CheckResult> result = checks.get(app);
    if (result != null) {
      result.accept(good ? CheckResult.PASSED : CheckResult.absent("nobody at " + index));
    }
    settle();
  }

  private void begin(boolean... good) {
    health.start();
    settle();
    for (int i = 0; i < good.length; i++) {
      checked(i, good[i]);
    }
  }

  private void fail(int index, Failure.Kind kind, int times) {
    for (int i = 0; i < times; i++) {
      health.blame().failed(apps.get(index), Failure.sent(kind, "broke"), System.nanoTime());
    }
    settle();
  }

  private List<App> ready() {
    return health.candidates().apps();
  }

  @Test
  void who_asks_for_all_before_any_is_known_waits_and_without_a_loop_learns_nothing() {
    List<CheckResult> results = new ArrayList<>();
    health.check(results::add);
    settle();
    assertEquals(List.of(), results);
    begin(false, true);
    assertEquals(List.of(CheckResult.PASSED), results);
    GroupHealth unknown = new GroupHealth(
        loop, apps, RULES, new SlowStart(Duration.ZERO, System::nanoTime), (app, rules, one) -> {});
    loop.close();
    unknown.check(results::add);
    assertEquals(List.of(CheckResult.PASSED, CheckResult.BUSY), results);
  }

  @Test
  void each_counts_as_down_until_its_first_good_check_and_the_reasons_are_told() {
    assertEquals(List.of(), ready());
    assertEquals("not checked yet", health.whyNone());
    begin(true, false, true);
    assertEquals(List.of(apps.get(0), apps.get(2)), ready());
    String troubles = health.troubles();
    assertTrue(troubles.startsWith("http://h:1: nobody at 1 since "), troubles);
    assertFalse(troubles.contains("http://h:3"), "nothing is known of it yet");
    assertTrue(health.whyNone().endsWith("; http://h:3: not checked yet"), health.whyNone());
  }

  @Test
  void an_address_is_told_once_and_the_time_not_at_all_to_who_knows_it() {
    begin(true, true, true, true);
    health
        .blame()
        .failed(
            apps.get(1),
            Failure.unsent(Failure.Kind.CONNECT, "connection refused at h:1"),
            System.nanoTime());
    settle();
    assertEquals("http://h:1: connection refused", health.whyNone());
    assertTrue(health.troubles().startsWith("http://h:1: connection refused since "));
  }

  @Test
  void one_that_fails_requests_is_better_than_none() {
    begin(true, true, false, false);
    fail(1, Failure.Kind.BROKEN, 3);
    assertEquals(List.of(apps.get(0)), ready());
    checked(0, false);
    checked(0, false);
    assertEquals(List.of(apps.get(1)), ready());
    checked(0, true);
    assertEquals(List.of(apps.get(0)), ready());
  }

  @Test
  void the_node_works_with_any_of_them_and_is_not_judged_before_it_is_known() {
    CompletableFuture<String> told = new CompletableFuture<>();
    begin(false, false, false);
    health.check(result -> told.complete(result.passed() ? "works" : result.why()));
    settle();
    assertNull(told.getNow(null), "one has not been checked yet");
    checked(3, true);
    assertEquals("works", told.getNow(null));
  }

  @Test
  void the_node_does_not_work_when_none_of_them_does() {
    CompletableFuture<String> told = new CompletableFuture<>();
    begin(false, false, false, false);
    health.check(result -> told.complete(result.passed() ? "works" : result.why()));
    settle();
    String why = String.valueOf(told.getNow(null));
    assertTrue(why.contains("http://h:0: nobody at 0") && why.contains("http://h:3: "), why);
  }

  @Test
  void half_of_those_that_fail_requests_are_left_out_at_most() {
    begin(true, true, true, true);
    for (int i = 0; i < 4; i++) {
      fail(i, Failure.Kind.BROKEN, 3);
    }
    assertEquals(List.of(apps.get(2), apps.get(3)), ready());
    assertEquals(1, apps.get(0).ejections.sum());
    assertTrue(
        health.troubles().contains("3 requests failed in a row, the last: broke"),
        health.troubles());
  }

  @Test
  void where_nobody_listens_one_failed_request_is_enough_but_the_last_one_stays() {
    begin(true, true, true, true);
    for (int i = 0; i < 4; i++) {
      fail(i, Failure.Kind.CONNECT, 1);
    }
    assertEquals(List.of(apps.get(3)), ready());
  }

  @Test
  void an_answer_that_counts_as_failed_is_a_failed_request_and_any_other_ends_the_row() {
    begin(true, true, true, true);
    health.blame().answered(apps.get(0), 503, System.nanoTime());
    health.blame().answered(apps.get(0), 503, System.nanoTime());
    health.blame().answered(apps.get(0), 200, System.nanoTime());
    health.blame().answered(apps.get(0), 503, System.nanoTime());
    settle();
    assertEquals(4, ready().size());
    health.blame().answered(apps.get(0), 503, System.nanoTime());
    health.blame().answered(apps.get(0), 503, System.nanoTime());
    settle();
    assertEquals(apps.subList(1, 4), ready());
  }

  private void breakOff(int index, int times) {
    for (int i = 0; i < times; i++) {
      health.blame().answered(apps.get(index), 200, System.nanoTime());
      broke(index, System.nanoTime());
    }
    settle();
  }

  private void broke(int index, long asked) {
    health.blame().broken(apps.get(index), Failure.sent(Failure.Kind.BROKEN, "broke"), asked);
  }

  @Test
  void all_that_an_application_breaks_off_at_once_counts_as_one() {
    begin(true, true, true, true);
    long asked = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      broke(0, asked);
    }
    settle();
    assertEquals(4, ready().size());
    breakOff(0, 1);
    assertEquals(4, ready().size());
    breakOff(0, 1);
    assertEquals(apps.subList(1, 4), ready());
  }

  @Test
  void answers_that_are_broken_off_in_a_row_have_one_left_out_although_each_has_begun_well() {
    begin(true, true, true, true);
    breakOff(0, 2);
    assertEquals(4, ready().size());
    breakOff(0, 1);
    assertEquals(apps.subList(1, 4), ready());
    assertTrue(
        health.troubles().contains("3 answers were broken off in a row, the last: broke"),
        health.troubles());
  }

  @Test
  void a_whole_answer_ends_that_row_unless_it_counts_as_failed() {
    begin(true, true, true, true);
    breakOff(0, 2);
    health.blame().whole(apps.get(0), 200);
    breakOff(0, 2);
    assertEquals(4, ready().size());
    health.blame().answered(apps.get(0), 503, System.nanoTime());
    health.blame().whole(apps.get(0), 503);
    breakOff(0, 1);
    assertEquals(apps.subList(1, 4), ready());
  }

  @Test
  void an_answer_that_took_longer_than_it_may_counts_for_nothing() {
    begin(true, true, true, true);
    breakOff(0, 2);
    health
        .blame()
        .broken(apps.get(0), Failure.sent(Failure.Kind.TOTAL, "too long"), System.nanoTime());
    settle();
    assertEquals(4, ready().size());
    breakOff(0, 1);
    assertEquals(apps.subList(1, 4), ready());
  }
}
