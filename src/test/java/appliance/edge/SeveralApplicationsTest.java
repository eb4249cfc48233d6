package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.Sticky;
import appliance.model.Epoch;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Two nodes: the master, here, has two applications of the site, a and b; the other one, there, has c. */
final class SeveralApplicationsTest {

  private static final Pattern COOKIE = Pattern.compile("(?i)\r\nSet-Cookie: ([^;\r]+)");

  @Test
  void requests_are_spread_evenly_over_the_applications_of_a_node() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        RawApp c = RawApp.saying("c");
        SeveralPair nodes = new SeveralPair(Sticky.OFF, List.of(a, b), c)) {
      for (int i = 0; i < 40; i++) {
        assertEquals(200, RawClient.get(nodes.here.port(), "/").status());
      }
      assertEquals(
          List.of(10, 10, 20), List.of(a.requests.get(), b.requests.get(), c.requests.get()));
      nodes.untilAnswered(nodes.there, a);
      nodes.untilAnswered(nodes.there, b);
      String metrics = nodes.metrics();
      assertTrue(metrics.contains("edge_application_requests_total " + a.uri() + " "), metrics);
      assertTrue(metrics.contains("edge_application_healthy " + b.uri() + " 1\n"), metrics);
    }
  }

  @Test
  void one_that_is_killed_costs_no_request_and_comes_back_by_itself() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        RawApp c = RawApp.saying("c");
        SeveralPair nodes = new SeveralPair(Sticky.OFF, List.of(a, b), c)) {
      for (Edge edge : nodes.both()) {
        nodes.untilAnswered(edge, b); // so that connections are kept
      }
      b.kill();
      for (int i = 0; i < 30; i++) {
        for (Edge edge : nodes.both()) {
          RawClient.Reply reply = RawClient.get(edge.port(), "/");
          assertEquals(200, reply.status(), reply.text());
          assertFalse(reply.text().equals("b"));
        }
        nodes.untilKnownAsDead(b);
      }
      Site.await("it is told why", () -> nodes.troubles().contains("connection refused"));
      assertTrue(nodes.troubles().startsWith(b.uri() + ": "), nodes.troubles());
      for (Edge edge : nodes.both()) {
        assertTrue(edge.health(SeveralPair.HERE).healthy(), "the node has another one");
      }
      b.revive();
      Site.await("all work", () -> nodes.troubles().isEmpty());
      nodes.untilAnswered(nodes.here, b);
      nodes.untilAnswered(nodes.there, b);
    }
  }

  @Test
  void a_write_that_one_never_saw_goes_to_the_other_with_a_pass_of_its_own() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        RawApp c = RawApp.saying("c");
        SeveralPair nodes = new SeveralPair(Sticky.OFF, List.of(a, b), c)) {
      a.kill();
      for (int i = 0; i < 10; i++) {
        for (Edge edge : nodes.both()) {
          RawClient.Reply reply = RawClient.ask(edge.port(), write("admin.example"));
          assertEquals("b", reply.text(), reply.head());
          assertTrue(reply.has("Appliance-Epoch: 1000\r\n"), reply.head());
        }
        nodes.untilKnownAsDead(a);
      }
      assertTrue(
          b.heads.stream().allMatch(head -> head.contains("Appliance-Epoch: 1000\r\n")),
          "the application is told the epoch");
      Site.await("no pass is left", () -> nodes.right.underWay.get() == 0);
    }
  }

  @Test
  void a_long_upload_that_one_never_saw_goes_to_the_other_whole() throws Exception {
    RawApp.Answer measuring = request -> request.ok(request.body().length + " bytes");
    try (RawApp a = new RawApp(measuring);
        RawApp b = new RawApp(measuring);
        RawApp c = RawApp.saying("c");
        SeveralPair nodes = new SeveralPair(Sticky.OFF, List.of(a, b), c)) {
      a.kill();
      String upload =
          RawClient.head("POST / HTTP/1.1", "Host: admin.example", "Content-Length: 1000000")
              + "x".repeat(1_000_000);
      for (int i = 0; i < 3; i++) {
        for (Edge edge : List.of(nodes.there, nodes.here)) {
          RawClient.Reply reply = RawClient.ask(edge.port(), upload);
          assertEquals("1000000 bytes", reply.text(), reply.head());
        }
        nodes.untilKnownAsDead(a);
      }
    }
  }

  @Test
  void without_the_lease_none_of_them_is_given_a_write() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        RawApp c = RawApp.saying("c");
        SeveralPair nodes = new SeveralPair(Sticky.OFF, List.of(a, b), c);
        RawClient one = new RawClient(nodes.here.port());
        RawClient other = new RawClient(nodes.there.port())) {
      nodes.right.held = Epoch.NONE;
      one.send(write("admin.example"));
      other.send(write("admin.example"));
      for (Edge edge : nodes.both()) {
        Site.await("it waits", () -> number(edge, "requestsHeld") == 1);
      }
      assertEquals(0, a.requests.get() + b.requests.get() + c.requests.get());
      for (Edge edge : nodes.both()) {
        assertTrue(
            edge.health(SeveralPair.HERE).healthy(),
            "a refusal is nothing against the applications");
      }
      nodes.right.held = new Epoch(1_000);
      assertEquals(200, one.reply().status());
      assertEquals(200, other.reply().status());
      assertEquals(2, a.requests.get() + b.requests.get());
    }
  }

  @Test
  void an_answer_that_comes_after_the_lease_has_ended_becomes_a_503() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    RawApp.Answer late = request -> {
      request.body();
      goOn.await();
      request.ok("written");
    };
    try (RawApp a = new RawApp(late);
        RawApp b = new RawApp(late);
        RawApp c = RawApp.saying("c");
        SeveralPair nodes = new SeveralPair(Sticky.OFF, List.of(a, b), c);
        RawClient one = new RawClient(nodes.here.port());
        RawClient other = new RawClient(nodes.there.port())) {
      one.send(write("admin.example"));
      other.send(write("admin.example"));
      Site.await("both are under way", () -> a.requests.get() + b.requests.get() == 2);
      assertEquals(2, nodes.right.underWay.get());
      nodes.right.held = new Epoch(1_001); // lost meanwhile, even if it was won again
      goOn.countDown();
      for (RawClient writer : List.of(one, other)) {
        RawClient.Reply reply = writer.reply();
        assertEquals(503, reply.status(), reply.text());
        assertFalse(reply.text().contains("written"), reply.text());
      }
    }
  }

  @Test
  void the_other_node_serves_when_all_of_them_are_down() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        RawApp c = RawApp.saying("c");
        SeveralPair nodes = new SeveralPair(Sticky.OFF, List.of(a, b), c)) {
      a.kill();
      b.kill();
      for (int i = 0; i < 20; i++) {
        for (Edge edge : nodes.both()) {
          assertEquals("c", RawClient.get(edge.port(), "/").text());
        }
        nodes.untilKnownAsDead(a);
        nodes.untilKnownAsDead(b);
      }
      for (Edge edge : nodes.both()) {
        Site.await("the node is out", () -> !edge.health(SeveralPair.HERE).healthy());
      }
      Site.await("both are told of", () -> nodes.troubles().split("; ", -1).length == 2);
      a.revive();
      for (Edge edge : nodes.both()) {
        Site.await("the node is back", () -> edge.health(SeveralPair.HERE).healthy());
      }
    }
  }

  @Test
  void a_client_that_stays_does_so_with_the_node_and_with_its_application() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        RawApp c = RawApp.saying("c");
        SeveralPair nodes = new SeveralPair(new Sticky(Sticky.Mode.ON, ""), List.of(a, b), c)) {
      for (Edge edge : nodes.both()) {
        for (int client = 0; client < 6; client++) {
          RawClient.Reply first = RawClient.get(edge.port(), "/");
          String cookies = cookies(first);
          for (Edge next : nodes.both()) {
            for (int i = 0; i < 4; i++) {
              RawClient.Reply again = RawClient.ask(
                  next.port(),
                  RawClient.head("GET / HTTP/1.1", "Host: site.example", "Cookie: " + cookies));
              assertEquals(first.text(), again.text());
              assertFalse(again.has("Set-Cookie"), again.head());
            }
          }
        }
      }
      assertTrue(a.requests.get() > 0 && b.requests.get() > 0 && c.requests.get() > 0);
    }
  }

  @Test
  void an_upgraded_connection_is_under_way_to_the_node_until_it_ends() throws Exception {
    try (RawApp a = RawApp.upgrading();
        RawApp b = RawApp.upgrading();
        RawApp c = RawApp.saying("c");
        SeveralPair nodes = new SeveralPair(Sticky.OFF, List.of(a, b), c)) {
      try (RawClient client = new RawClient(nodes.here.port())) {
        client.send(RawClient.upgrade("/", "admin.example"));
        assertEquals(101, client.reply().status());
        Site.await("it alone is under way", () -> underWay(nodes) == 1);
      }
      Site.await("it is over", () -> underWay(nodes) == 0);
      Site.await(
          "for the application, too",
          () -> nodes.metrics().contains("edge_application_active " + a.uri() + " 0\n")
              && nodes.metrics().contains("edge_application_active " + b.uri() + " 0\n"));
    }
  }

  private static int underWay(SeveralPair nodes) {
    return Site.active(nodes.here, "here");
  }

  private static String write(String host) {
    return RawClient.head("POST / HTTP/1.1", "Host: " + host, "Content-Length: 3") + "abc";
  }

  private static String cookies(RawClient.Reply reply) {
    return COOKIE
        .matcher(reply.head())
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.joining("; "));
  }

  private static int number(Edge edge, String name) {
    return ((Number) edge.source().read().json().getOrDefault(name, 0)).intValue();
  }
}
