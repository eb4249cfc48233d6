package appliance.edge.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.edge.RawApp;
import appliance.edge.RawClient;
import appliance.edge.Site;
import org.junit.jupiter.api.Test;

/** Connections on which nothing moves are closed in the end, others never. */
final class ClientsTest {

  private static final int MINUTES = EdgeLimits.IDLE_MILLIS_MAX / 60_000;

  @Test
  void a_connection_without_a_byte_for_ten_minutes_is_closed() throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(app);
        RawClient quiet = new RawClient(site.port());
        RawClient busy = new RawClient(site.port())) {
      ask(quiet);
      ask(busy);
      for (int minute = 1; minute <= MINUTES + 1; minute++) {
        ask(busy);
        site.sweepClients();
      }
      assertEquals(-1, quiet.in.read());
      ask(busy);
    }
  }

  private static void ask(RawClient client) throws Exception {
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assertEquals("served", client.reply().text());
  }
}
