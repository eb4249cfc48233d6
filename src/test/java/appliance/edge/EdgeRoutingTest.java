package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.edge.upstream.App;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.testing.Await;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who gets a request. */
final class EdgeRoutingTest {

  @Test
  void three_thousand_requests_are_spread_evenly_over_three_applications() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        RawApp c = RawApp.saying("c");
        Site site = new Site(a, b, c)) {
      Load load = new Load(site.port(), 8, 3000);
      load.run();
      assertEquals(0, load.failed.get());
      for (RawApp app : List.of(a, b, c)) {
        assertTrue(Math.abs(app.requests.get() - 1000) <= 3, "got " + app.requests.get());
      }
    }
  }

  @Test
  void without_any_application_all_that_does_not_read_is_told_what_is_served() throws Exception {
    try (RawApp a = RawApp.saying("a");
        Site site = new Site(a);
        RawClient client = new RawClient(site.port())) {
      site.withoutApplication(0);
      Site.await("the edge knows", () -> site.edge.rotation().none());
      assertEquals(404, RawClient.get(site.port(), "/").status());
      client.send(RawClient.head("OPTIONS / HTTP/1.1", "Host: x"));
      RawClient.Reply options = client.reply();
      assertEquals(204, options.status());
      assertTrue(options.has("Allow: GET, HEAD, OPTIONS"), options.head());
      client.send(RawClient.head("POST / HTTP/1.1", "Host: x", "Content-Length: 3") + "abc");
      RawClient.Reply post = client.reply();
      assertEquals(405, post.status());
      assertTrue(post.has("Allow: GET, HEAD, OPTIONS"), post.head());
    }
  }

  @Test
  void admin_hosts_go_to_the_master_and_follow_it() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        Site site = new Site(a, b)) {
      site.master(1);
      Site.await("b answers", () -> admin(site, "admin.example:8080").equals("b"));
      for (int i = 0; i < 10; i++) {
        assertEquals("b", admin(site, "ADMIN.example"));
        assertEquals("b", admin(site, "manage.example:80"));
      }
      site.master(0);
      Site.await("a answers", () -> admin(site, "admin.example").equals("a"));
    }
  }

  @Test
  void without_a_master_reads_go_on_and_writes_wait_for_the_next_one() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        Site site = new Site(a, b);
        RawClient writer = new RawClient(site.port());
        RawClient admin = new RawClient(site.port())) {
      site.master(-1);
      Site.await("the edge knows", () -> site.edge.rotation().master() == null);
      writer.send(RawClient.head("POST / HTTP/1.1", "Host: x", "Content-Length: 3") + "abc");
      admin.send(RawClient.head("GET / HTTP/1.1", "Host: admin.example"));
      Site.await("both wait", () -> site.status("requestsHeld").intValue() == 2);
      assertEquals(200, RawClient.get(site.port(), "/").status());
      site.master(1);
      assertEquals("b", admin.reply().text());
      assertEquals(200, writer.reply().status());
      assertEquals(0, site.status("requestsHeld").intValue());
    }
  }

  @Test
  void writes_that_waited_too_long_for_a_master_are_told_to_come_again() throws Exception {
    try (RawApp a = RawApp.saying("a");
        Site site = new Site(a)) {
      site.master(-1);
      Site.await("the edge knows", () -> site.edge.rotation().master() == null);
      RawClient.Reply reply = RawClient.ask(
          site.port(), RawClient.head("POST / HTTP/1.1", "Host: x", "Content-Length: 0"));
      assertEquals(503, reply.status());
      assertTrue(reply.has("Retry-After:"), reply.head());
      assertTrue(reply.text().contains("no master"), reply.text());
      assertEquals(0, a.requests.get());
    }
  }

  @Test
  void a_master_that_dies_under_an_admin_request_is_followed_by_the_next() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        Site site = new Site(a, b);
        RawClient admin = new RawClient(site.port())) {
      a.kill();
      admin.send(RawClient.head("GET / HTTP/1.1", "Host: admin.example"));
      Site.await("it waits", () -> site.status("requestsHeld").intValue() == 1);
      site.master(1);
      assertEquals("b", admin.reply().text());
    }
  }

  private static String admin(Site site, String host) {
    try {
      return RawClient.ask(site.port(), "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
          .text();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void a_killed_application_is_not_noticed_by_clients_and_gets_traffic_again_by_itself()
      throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        Site site = new Site(a, b)) {
      Load load = new Load(site.port(), 8, Integer.MAX_VALUE);
      Thread running = load.start();
      Site.await("traffic", () -> a.requests.get() > 100 && b.requests.get() > 100);
      b.kill();
      site.awaitReady(1);
      Site.await(
          "the cause is told",
          () -> site.edge.health(site.ids.get(1)).reason().contains("refused"));
      assertTrue(site.edge.health(site.ids.get(1)).reason().contains(" since "));
      int before = b.requests.get();
      b.revive();
      site.awaitReady(2);
      Site.await("traffic again", () -> b.requests.get() > before + 100);
      load.stop();
      running.join();
      assertEquals(0, load.failed.get(), load.firstFailure.toString());
    }
  }

  @Test
  void what_is_under_way_to_a_node_that_stays_down_is_not_waited_for() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (RawApp a = RawApp.saying("a");
        RawApp b = new RawApp(request -> over.await());
        Site site = new Site(a, b);
        RawClient reader = new RawClient(site.port());
        RawClient writer = new RawClient(site.port())) {
      site.master(1);
      Site.await("the edge knows", () -> {
        App master = site.edge.rotation().master();
        return master != null && master.member.equals(site.ids.get(1));
      });
      writer.send(RawClient.head("POST / HTTP/1.1", "Host: admin.example", "Content-Length: 0"));
      Site.await("the master has it", () -> b.requests.get() == 1);
      reader.send(RawClient.head("GET / HTTP/1.1", "Host: admin.example"));
      Site.await("and a read", () -> b.requests.get() == 2);
      site.state(1, MemberState.DOWN);
      site.master(0);
      assertEquals(502, writer.reply().status(), "whether it was done is not known");
      assertEquals("a", reader.reply().text());
      over.countDown();
    }
  }

  @Test
  void a_draining_member_gets_no_new_requests_and_loses_none() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        Site site = new Site(a, b)) {
      Load load = new Load(site.port(), 8, Integer.MAX_VALUE);
      Thread running = load.start();
      Site.await("traffic", () -> b.requests.get() > 100);
      site.state(1, MemberState.DRAINING);
      site.awaitReady(1);
      Site.await("nothing under way", () -> site.active(1) == 0);
      int drained = b.requests.get();
      int seen = a.requests.get();
      Site.await("traffic for a", () -> a.requests.get() > seen + 200);
      assertEquals(drained, b.requests.get());
      site.state(1, MemberState.ACTIVE);
      Site.await("traffic again", () -> b.requests.get() > drained + 100);
      load.stop();
      running.join();
      assertEquals(0, load.failed.get(), load.firstFailure.toString());
    }
  }

  @Test
  void a_draining_node_serves_by_the_others_and_sends_its_clients_away() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        Site site = new Site(a, b)) {
      assertFalse(RawClient.get(site.port(), "/").has("Connection: close"));
      site.state(0, MemberState.DRAINING);
      site.awaitReady(1);
      RawClient.Reply reply = RawClient.get(site.port(), "/");
      assertEquals("b", reply.text());
      assertTrue(reply.has("Connection: close"), reply.head());
    }
  }

  @Test
  void a_node_that_is_about_to_end_serves_and_keeps_no_connection() throws Exception {
    try (RawApp a = RawApp.saying("a");
        Site site = new Site(a);
        RawClient kept = new RawClient(site.port())) {
      kept.send(RawClient.head("GET / HTTP/1.1", "Host: x"));
      assertFalse(kept.reply().has("Connection: close"));
      site.edge.ends();
      kept.send(RawClient.head("GET / HTTP/1.1", "Host: x"));
      RawClient.Reply last = kept.reply();
      assertEquals("a", last.text());
      assertTrue(last.has("Connection: close"), last.head());
      assertTrue(RawClient.get(site.port(), "/").has("Connection: close"), "a new one, too");
    }
  }

  @Test
  void a_node_has_not_left_before_what_clients_had_asked_it_for_is_answered() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    AtomicInteger downloads = new AtomicInteger();
    RawApp.Answer slowly = request -> {
      if (request.path().equals("/short")) {
        request.ok("b");
        return;
      }
      request.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n.");
      downloads.incrementAndGet();
      over.await();
      request.write(".");
    };
    try (RawApp a = RawApp.saying("a");
        RawApp b = new RawApp(slowly);
        Site site = new Site(a, b);
        RawClient download = new RawClient(site.port());
        RawClient later = new RawClient(site.port())) {
      site.withoutApplication(0);
      site.awaitReady(1);
      download.send(RawClient.head("GET / HTTP/1.1", "Host: x"));
      Site.await("the download", () -> downloads.get() == 1);
      site.state(0, MemberState.DRAINING);
      Await.until(
          "it sends clients away",
          () -> RawClient.get(site.port(), "/short").has("Connection: close"));
      later.send(RawClient.head("GET / HTTP/1.1", "Host: x"));
      Site.await("the next request", () -> downloads.get() == 2);
      NodeId self = site.ids.get(0);
      Site.await(
          "the download by way of this node's edge is waited for alone",
          () -> Integer.valueOf(1).equals(site.edge.leaving().get(self)));
      site.state(0, MemberState.ACTIVE);
      Await.until("it stays", () -> !RawClient.get(site.port(), "/short").has("Connection: close"));
      site.state(0, MemberState.DRAINING);
      Await.until("no other is under way", () -> site.status("active").intValue() == 2);
      assertEquals(2, site.edge.leaving().get(self), "when it is to leave again both are");
      over.countDown();
      assertEquals("..", download.reply().text());
      assertEquals("..", later.reply().text());
      Site.await(
          "all is answered", () -> Integer.valueOf(0).equals(site.edge.leaving().get(self)));
    }
  }

  @Test
  void a_new_application_gets_nothing_before_its_first_good_check() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        Site site = new Site(a)) {
      b.healthStatus = 503;
      site.members.add(
          Site.member(appliance.model.NodeId.random(), "b", b.uri(), MemberState.ACTIVE));
      site.publish();
      Site.await("checks", () -> b.checks.get() > 3);
      for (int i = 0; i < 10; i++) {
        assertEquals("a", RawClient.get(site.port(), "/").text());
      }
      Site.await(
          "the cause is told",
          () -> site.edge.health(site.members.get(1).id()).reason().startsWith("status 503"));
      b.healthStatus = 404;
      site.awaitReady(2);
    }
  }

  @Test
  void with_no_application_at_all_clients_get_a_plain_503() throws Exception {
    try (RawApp a = RawApp.saying("a");
        Site site = new Site(a)) {
      a.kill();
      site.awaitReady(0);
      RawClient.Reply reply = RawClient.get(site.port(), "/");
      assertEquals(503, reply.status());
      assertTrue(reply.has("Retry-After:"));
      assertTrue(reply.text().contains("no application is ready"), reply.text());
      assertTrue(site.text("whyNoneReady").contains("a: "));
    }
  }

  @Test
  void the_last_healthy_application_is_not_ejected_for_failed_requests() throws Exception {
    AtomicInteger count = new AtomicInteger();
    try (RawApp a = new RawApp(request -> {
          count.incrementAndGet();
          throw new IOException("breaks off");
        });
        Site site = new Site(a)) {
      for (int i = 0; i < 12; i++) {
        assertEquals(502, RawClient.get(site.port(), "/").status());
      }
      assertEquals(1, site.status("readyApplications").intValue());
      assertEquals(12, count.get());
    }
  }
}
