package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many requests at once, each on a connection of its own. */
final class EdgeBurstTest {

  private static RawApp slow(int millis) {
    return new RawApp(request -> {
      Thread.sleep(millis); // what an application does when it waits for its database
      request.ok("done");
    });
  }

  @Test
  void a_hundred_slow_requests_at_a_time_and_a_burst_of_a_thousand_are_all_answered()
      throws Exception {
    try (RawApp a = slow(600);
        RawApp b = slow(600);
        Site site = new Site(a, b)) {
      burst(site, 100);
      burst(site, 1_000);
      assertEquals(1_100, a.requests.get() + b.requests.get(), "none was asked twice");
      assertEquals(550, a.requests.get());
    }
  }

  private static void burst(Site site, int requests) throws Exception {
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < requests; i++) {
        clients.add(new RawClient(site.port()));
      }
      for (RawClient client : clients) {
        client.send(RawClient.head("POST /slow HTTP/1.1", "Host: x", "Content-Length: 0"));
      }
      for (RawClient client : clients) {
        RawClient.Reply reply = client.reply();
        assertEquals(200, reply.status(), reply.text());
      }
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
  }
}
