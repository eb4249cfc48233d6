package appliance.edge.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.HealthConfig;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import appliance.edge.upstream.Reach;
import appliance.model.CheckResult;
import appliance.model.NodeId;
import appliance.runtime.Loop;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CheckedAppTest {

  private static final HealthRules RULES = HealthRules.of(HealthConfig.DEFAULTS);
  private static final Failure REFUSED = Failure.unsent(Failure.Kind.CONNECT, "refused");
  private static final CheckResult ABSENT = CheckResult.absent("refused");

  private final Loop loop = new Loop("test", 10);
  private final App app =
      App.withRelay(NodeId.random(), "web2", reach(1, Reach.Way.DIRECT), reach(2, Reach.Way.RELAY));
  private final CheckedApp checked = new CheckedApp(app, new AppHealth(RULES, Clock.systemUTC()));
  private final List<App> asked = new ArrayList<>();
  private final List<Consumer<CheckResult>> results = new ArrayList<>();

  private static Reach reach(int port, Reach.Way way) {
    return new Reach(new InetSocketAddress("192.0.2.1", port), way);
  }

  @AfterEach
  void close() {
    loop.close();
  }

  private void begin() {
    checked.check(
        (one, rules, result) -> {
          asked.add(one);
          results.add(result);
        },
        new Reports(loop, RULES, (one, failure, nobodyThere) -> {}),
        () -> {});
  }

  private void end(CheckResult result) throws InterruptedException {
    results.remove(0).accept(result);
    CountDownLatch seen = new CountDownLatch(1);
    loop.execute(seen::countDown);
    seen.await();
  }

  private void check(CheckResult result) throws InterruptedException {
    begin();
    end(result);
  }

  @Test
  void an_application_that_works_does_not_come_back_before_its_relay_does() throws Exception {
    check(CheckResult.PASSED);
    assertTrue(checked.health().passing());
    begin();
    checked.unreachable(REFUSED.onRelay());
    end(CheckResult.PASSED); // it went the other way
    for (int i = 0; i < RULES.rise(); i++) {
      assertFalse(checked.health().passing());
      check(ABSENT);
    }
    for (int i = 0; i < RULES.rise(); i++) {
      assertFalse(checked.health().passing());
      check(CheckResult.PASSED);
    }
    assertTrue(checked.health().passing());
    check(CheckResult.PASSED);
    App relay = app.forWrites();
    List<App> expected = new ArrayList<>(List.of(app, app));
    for (int i = 0; i < 2 * RULES.rise(); i++) {
      expected.add(relay);
    }
    expected.add(app);
    assertEquals(expected, asked);
  }

  @Test
  void one_that_was_refused_itself_is_asked_itself() throws Exception {
    check(CheckResult.PASSED);
    checked.unreachable(REFUSED);
    check(ABSENT);
    check(CheckResult.PASSED);
    assertEquals(List.of(app, app, app), asked);
  }

  @Test
  void a_node_that_came_back_is_asked_as_if_it_were_new() throws Exception {
    checked.unreachable(REFUSED.onRelay());
    checked.startOver(new AppHealth(RULES, Clock.systemUTC()));
    check(CheckResult.PASSED);
    assertTrue(checked.health().passing());
    assertEquals(List.of(app), asked);
  }
}
