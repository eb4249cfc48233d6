package appliance.edge.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.edge.upstream.App;
import appliance.edge.upstream.Reach;
import appliance.model.NodeId;
import appliance.testing.Seed;
import io.undertow.server.HttpServerExchange;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** What the ways of choosing an application promise; random ones by a seed that is told. */
final class BalancerTest {

  private final long seed = Seed.next();
  private final Random random = new Random(seed);
  private final HttpServerExchange exchange = new HttpServerExchange(null);
  private long now = TimeUnit.SECONDS.toNanos(100);
  private final SlowStart slowStart = new SlowStart(Duration.ofSeconds(10), () -> now);
  private String key = "";

  @Test
  void in_turn_is_exactly_even_however_many_threads_draw() throws Exception {
    Candidates three = apps(1, 1, 1);
    RoundRobin inTurn = new RoundRobin(slowStart);
    Map<App, LongAdder> counts = new ConcurrentHashMap<>();
    three.apps().forEach(app -> counts.put(app, new LongAdder()));
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(new Thread(() -> {
        for (int pick = 0; pick < 3000; pick++) {
          counts.getOrDefault(pick(inTurn, three), new LongAdder()).increment();
        }
      }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    three
        .apps()
        .forEach(
            app -> assertEquals(4000, counts.getOrDefault(app, new LongAdder()).sum()));
  }

  @Test
  void weights_are_kept_exactly_and_without_bursts() {
    Candidates weighted = apps(10, 2, 2);
    List<App> apps = weighted.apps();
    App a = apps.get(0);
    assertEquals(
        List.of(a, a, apps.get(1), a, apps.get(2), a, a), weighted.turns(), "of 5 : 1 : 1");
    Map<App, Integer> counts = picks(new RoundRobin(slowStart), weighted, 7000);
    assertEquals(Map.of(a, 5000, apps.get(1), 1000, apps.get(2), 1000), counts);
  }

  @Test
  void one_that_refused_is_passed_over_and_none_is_left_in_the_end() {
    Candidates three = apps(3, 1, 1);
    for (Balancer balancer : all()) {
      List<App> tried = new ArrayList<>();
      while (tried.size() < 3) {
        App next = balancer.pick(exchange, three, tried);
        assertNotNull(next, balancer + told());
        assertTrue(!tried.contains(next), balancer + told());
        tried.add(next);
      }
      assertSame(null, balancer.pick(exchange, three, tried), balancer + told());
      assertSame(null, balancer.pick(exchange, Candidates.NONE, List.of()), balancer + told());
    }
  }

  @Test
  void the_fewest_connections_win_by_weight_and_equals_take_turns() {
    Candidates three = apps(1, 1, 2);
    List<App> apps = three.apps();
    LeastConnections least = new LeastConnections(slowStart);
    for (int i = 0; i < 4000; i++) {
      App picked = pick(least, three);
      apps.forEach(
          app -> assertTrue(load(picked) <= load(app), app.memberName + " had fewer" + told()));
      picked.active.incrementAndGet();
      App ends = apps.get(random.nextInt(3));
      ends.active.updateAndGet(active -> Math.max(0, active - random.nextInt(3)));
    }
    apps.forEach(app -> app.active.set(0));
    apps.get(2).weight(1);
    assertEquals(
        Map.of(apps.get(0), 100, apps.get(1), 100, apps.get(2), 100), picks(least, three, 300));
  }

  private static double load(App app) {
    return (app.active.get() + 1.0) / app.weight();
  }

  @Test
  void a_slow_application_gets_little_and_gets_more_once_it_is_fast_again() {
    Candidates three = apps(1, 1, 1);
    App slow = three.apps().get(0);
    LeastLatency fastest = new LeastLatency(slowStart, random::nextInt);
    Map<App, Integer> counts = answered(fastest, three, 3000, slow, 100);
    assertTrue(counts.getOrDefault(slow, 0) < 300, counts + told());
    counts = answered(fastest, three, 60_000, slow, 1);
    assertTrue(counts.getOrDefault(slow, 0) > 6000, counts + told());
  }

  /** One request after the other, each a millisecond after the last one. */
  private Map<App, Integer> answered(
      Balancer balancer, Candidates candidates, int requests, App slow, int slowMillis) {
    Map<App, Integer> counts = new HashMap<>();
    for (int i = 0; i < requests; i++) {
      App app = pick(balancer, candidates);
      counts.merge(app, 1, Integer::sum);
      now += TimeUnit.MILLISECONDS.toNanos(1);
      balancer.answered(exchange, app, TimeUnit.MILLISECONDS.toNanos(app == slow ? slowMillis : 1));
    }
    return counts;
  }

  @Test
  void a_key_stays_and_a_leaving_node_moves_only_its_own() {
    Candidates five = apps(1, 1, 1, 1, 1);
    App leaves = five.apps().get(random.nextInt(5));
    Candidates four =
        Candidates.of(five.apps().stream().filter(app -> app != leaves).toList(), null);
    Hashed hashed = hashed();
    Map<App, Integer> counts = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      key = "client-" + random.nextInt();
      App before = pick(hashed, five);
      counts.merge(before, 1, Integer::sum);
      assertSame(before, pick(hashed, five), told());
      App after = pick(hashed, four);
      assertTrue(before == leaves || before == after, "moved without need" + told());
    }
    counts.forEach((app, count) -> assertEquals(4000, count, 400, app.memberName + told()));
  }

  @Test
  void keys_are_shared_out_by_weight() {
    Candidates weighted = apps(6, 3, 1);
    Hashed hashed = hashed();
    Map<App, Integer> counts = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      key = Integer.toString(random.nextInt());
      counts.merge(pick(hashed, weighted), 1, Integer::sum);
    }
    weighted
        .apps()
        .forEach(app -> assertEquals(
            app.weight() * 2000, counts.getOrDefault(app, 0), 500, "by weight" + told()));
  }

  @Test
  void the_own_application_is_preferred_until_it_is_busy() {
    Candidates three = apps(1, 1, 1);
    App own = three.apps().get(1);
    Candidates here = Candidates.of(three.apps(), own);
    LocalFirst local = new LocalFirst(2, new RoundRobin(slowStart), slowStart);
    assertEquals(Map.of(own, 10), picks(local, here, 10));
    own.active.set(2);
    assertEquals(3, picks(local, here, 30).size());
    own.active.set(1);
    assertTrue(own != local.pick(exchange, here, List.of(own)));
    assertEquals(3, picks(local, three, 30).size());
  }

  @Test
  void the_share_of_a_returning_application_grows_evenly_to_its_full_size() {
    for (Balancer balancer : List.of(new RoundRobin(slowStart), hashed())) {
      Candidates three = apps(1, 1, 1);
      App back = three.apps().get(2);
      slowStart.returned(back);
      for (int second = 0; second <= 10; second += 5) {
        double share = Math.max(0.05, second / 10.0);
        Map<App, Integer> counts = picks(balancer, three, 20_000);
        double whole = 20_000 / (2 + share);
        double got = counts.getOrDefault(back, 0);
        // A key that is not admitted goes to one of the others: of a third of them the share stays.
        double due = balancer instanceof Hashed ? 20_000 / 3.0 * share : whole * share;
        assertEquals(due, got, 300, balancer + " after " + second + " s" + told());
        double others = (20_000 - got) / 2;
        assertEquals(
            others, counts.getOrDefault(three.apps().get(0), 0), 300, "uneven others" + told());
        now += TimeUnit.SECONDS.toNanos(5);
      }
    }
  }

  @Test
  void a_returning_application_that_is_the_only_one_gets_all() {
    Candidates one = apps(1);
    App back = one.apps().get(0);
    for (Balancer balancer : all()) {
      slowStart.returned(back);
      assertEquals(Map.of(back, 100), picks(balancer, one, 100), balancer + told());
    }
  }

  private List<Balancer> all() {
    return List.of(
        new RoundRobin(slowStart),
        new LeastConnections(slowStart),
        new LeastLatency(slowStart, random::nextInt),
        hashed(),
        new LocalFirst(10, new RoundRobin(slowStart), slowStart));
  }

  private Hashed hashed() {
    return new Hashed(any -> key, new RoundRobin(slowStart), slowStart);
  }

  private Map<App, Integer> picks(Balancer balancer, Candidates candidates, int count) {
    Map<App, Integer> counts = new HashMap<>();
    for (int i = 0; i < count; i++) {
      key = Integer.toString(random.nextInt());
      counts.merge(pick(balancer, candidates), 1, Integer::sum);
    }
    return counts;
  }

  private App pick(Balancer balancer, Candidates candidates) {
    return Objects.requireNonNull(balancer.pick(exchange, candidates, List.of()));
  }

  private Candidates apps(int... weights) {
    List<App> apps = new ArrayList<>();
    for (int weight : weights) {
      NodeId id = new NodeId(new UUID(random.nextLong(), random.nextLong()));
      InetSocketAddress nowhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
      App app = new App(id, "m" + apps.size(), new Reach(nowhere, Reach.Way.DIRECT));
      app.weight(weight);
      apps.add(app);
    }
    return Candidates.of(apps, null);
  }

  private String told() {
    return ", seed " + seed;
  }
}
