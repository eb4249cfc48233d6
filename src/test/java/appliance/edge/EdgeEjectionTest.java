package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Applications that pass their checks and fail their requests. */
final class EdgeEjectionTest {

  private static final String UNAVAILABLE =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

  private static RawApp unavailable() {
    return new RawApp(request -> {
      request.body();
      request.write(UNAVAILABLE);
    });
  }

  @Test
  void an_application_that_answers_503_again_and_again_is_left_out_with_a_reason()
      throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = unavailable();
        RawApp c = RawApp.saying("c");
        Site site = new Site(a, b, c)) {
      for (int i = 0; i < 15; i++) {
        RawClient.get(site.port(), "/");
      }
      site.awaitReady(2);
      assertEquals(5, b.requests.get());
      Site.await("a reason", () -> !site.edge.health(site.ids.get(1)).healthy());
      String reason = site.edge.health(site.ids.get(1)).reason();
      assertTrue(reason.startsWith("5 requests failed in a row, the last: status 503 at "), reason);
      for (int i = 0; i < 20; i++) {
        assertEquals(200, RawClient.get(site.port(), "/").status());
      }
    }
  }

  @Test
  void half_of_the_applications_at_most_are_left_out() throws Exception {
    try (RawApp a = unavailable();
        RawApp b = unavailable();
        RawApp c = unavailable();
        RawApp d = unavailable();
        Site site = new Site(a, b, c, d)) {
      for (int i = 0; i < 60; i++) {
        assertEquals(503, RawClient.get(site.port(), "/").status());
      }
      site.awaitReady(2);
      int asked =
          List.of(a, b, c, d).stream().mapToInt(app -> app.requests.get()).sum();
      assertEquals(60, asked, "every request still reached one of the others");
    }
  }

  @Test
  void the_masters_application_answers_its_own_hosts_even_when_it_is_left_out() throws Exception {
    try (RawApp a = unavailable();
        RawApp b = RawApp.saying("b");
        Site site = new Site(a, b)) {
      for (int i = 0; i < 10; i++) {
        RawClient.get(site.port(), "/");
      }
      site.awaitReady(1);
      int before = a.requests.get();
      assertEquals(
          503,
          RawClient.ask(site.port(), RawClient.head("GET / HTTP/1.1", "Host: admin.example"))
              .status());
      assertEquals(before + 1, a.requests.get());
    }
  }

  @Test
  void a_node_whose_relay_is_gone_stays_left_out_although_its_application_passes_checks()
      throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        RawApp relay = RawApp.saying("b by its relay");
        Site site = new Site(a, b)) {
      site.relay(1, relay);
      // Until it is known, the application is ready at its first place, and then for a moment is
      // not.
      Site.await("writes go by the relay", () -> {
        post(site);
        return relay.requests.get() > 0;
      });
      site.awaitReady(2);
      relay.kill();
      Site.await("it is left out", () -> {
        post(site);
        return site.status("readyApplications").intValue() == 1;
      });
      int before = a.checks.get();
      Site.await("many checks later", () -> {
        assertEquals(1, site.status("readyApplications").intValue());
        post(site);
        return a.checks.get() > before + 5 * Site.HEALTH.rise();
      });
      int written = relay.requests.get();
      relay.revive();
      site.awaitReady(2);
      Site.await("it gets writes", () -> {
        post(site);
        return relay.requests.get() > written;
      });
    }
  }

  private static void post(Site site) {
    try {
      String post =
          RawClient.head("POST / HTTP/1.1", "Host: x", "Connection: close", "Content-Length: 3");
      RawClient.Reply reply = RawClient.ask(site.port(), post + "abc");
      assertEquals(200, reply.status(), reply.head());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
