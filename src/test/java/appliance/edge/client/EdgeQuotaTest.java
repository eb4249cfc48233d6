package appliance.edge.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.AccessLogConfig;
import appliance.config.BalanceConfig;
import appliance.config.ClientQuota;
import appliance.config.HealthConfig;
import appliance.config.TrafficConfig;
import appliance.edge.RawApp;
import appliance.edge.RawClient;
import appliance.edge.Site;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What one client may have. */
final class EdgeQuotaTest {

  private static Site site(ClientQuota quota, RawApp... apps) {
    return new Site(
        new TrafficConfig(
            BalanceConfig.DEFAULTS,
            HealthConfig.DEFAULTS,
            AccessLogConfig.OFF,
            quota,
            Duration.ofMinutes(10)),
        apps);
  }

  @Test
  void a_client_that_asks_too_often_gets_429_and_when_to_come_again() throws Exception {
    try (RawApp a = RawApp.saying("a");
        Site site = site(new ClientQuota(0, 5, Duration.ofMinutes(1)), a)) {
      for (int i = 0; i < 5; i++) {
        assertEquals(200, RawClient.get(site.port(), "/").status());
      }
      RawClient.Reply reply = RawClient.get(site.port(), "/");
      assertEquals(429, reply.status());
      String after = reply.head().replaceFirst("(?is).*retry-after: (\\d+).*", "$1");
      assertTrue(Integer.parseInt(after) >= 1 && Integer.parseInt(after) <= 13, reply.head());
      assertEquals(5, a.requests.get());
      assertEquals(1, site.status("requestsOverQuota").intValue());
    }
  }

  @Test
  void an_address_has_no_more_connections_than_it_may() throws Exception {
    try (RawApp a = RawApp.saying("a");
        Site site = site(new ClientQuota(3, 0, Duration.ofSeconds(1)), a)) {
      List<RawClient> three = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        RawClient client = new RawClient(site.port());
        client.send(RawClient.head("GET / HTTP/1.1", "Host: x"));
        assertEquals(200, client.reply().status());
        three.add(client);
      }
      try (RawClient fourth = new RawClient(site.port())) {
        RawClient.Reply reply = fourth.reply();
        assertEquals(429, reply.status());
        assertTrue(reply.has("Retry-After:") && reply.whole(), reply.head());
      }
      assertEquals(1, site.status("connectionsOverQuota").intValue());
      three.get(0).close();
      Site.await("there is room again", () -> answered(site));
      for (RawClient client : three) {
        client.close();
      }
    }
  }

  private static boolean answered(Site site) {
    try {
      return RawClient.get(site.port(), "/").status() == 200;
    } catch (IOException e) {
      return false; // refused before it was sent
    }
  }

  @Test
  void requests_are_let_through_at_their_rate_and_clients_do_not_share_it() throws Exception {
    RequestRate rate = new RequestRate(new ClientQuota(0, 10, Duration.ofSeconds(1)));
    InetAddress one = InetAddress.getByName("192.0.2.1");
    InetAddress other = InetAddress.getByName("192.0.2.2");
    long now = 5;
    int passed = 0;
    for (int milli = 0; milli < 2_000; milli++) {
      passed += rate.admit(one, now) == 0 ? 1 : 0;
      now += TimeUnit.MILLISECONDS.toNanos(1);
    }
    assertEquals(10 + 19, passed, "the burst, then ten a second");
    assertEquals(0, rate.admit(other, now));
    rate.admit(one, now);
    long wait = rate.admit(one, now);
    assertTrue(wait > 0 && wait <= TimeUnit.MILLISECONDS.toNanos(100), wait + " ns");
  }

  @Test
  void an_ipv6_client_counts_by_its_network() throws Exception {
    RequestRate rate = new RequestRate(new ClientQuota(0, 1, Duration.ofSeconds(1)));
    assertEquals(0, rate.admit(InetAddress.getByName("2001:db8::1"), 5));
    assertTrue(rate.admit(InetAddress.getByName("2001:db8::2"), 5) > 0);
    assertEquals(0, rate.admit(InetAddress.getByName("2001:db8:0:1::1"), 5));
  }

  @Test
  void the_table_of_clients_is_bounded_and_forgets() throws Exception {
    RequestRate rate = new RequestRate(new ClientQuota(0, 1, Duration.ofSeconds(1)));
    for (int i = 0; i < 100_500; i++) {
      assertEquals(0, rate.admit(client(i), 5));
    }
    assertEquals(100_000, rate.clients());
    assertEquals(500, rate.uncounted.sum());
    assertTrue(rate.admit(client(7), 5) > 0);
    rate.sweep(5 + TimeUnit.SECONDS.toNanos(1));
    assertEquals(0, rate.clients());
  }

  private static InetAddress client(int number) throws UnknownHostException {
    byte[] bytes = {10, (byte) (number >> 16), (byte) (number >> 8), (byte) number};
    return InetAddress.getByAddress(bytes);
  }
}
