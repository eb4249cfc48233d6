package appliance.edge.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.AccessLogConfig;
import appliance.config.Balance;
import appliance.config.BalanceConfig;
import appliance.config.ClientQuota;
import appliance.config.HealthConfig;
import appliance.config.Sticky;
import appliance.config.TrafficConfig;
import appliance.edge.RawApp;
import appliance.edge.RawClient;
import appliance.edge.Site;
import appliance.model.MemberState;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Clients that stay with one application. */
final class EdgeStickyTest {

  private static final Pattern COOKIE =
      Pattern.compile("(?i)Set-Cookie: (appliance-stay=([^;]+)[^\r]*)\r\n");

  private static Site site(Sticky sticky, RawApp... apps) {
    return new Site(
        new TrafficConfig(
            new BalanceConfig(Balance.ROUND_ROBIN, 1, 0, Duration.ZERO, sticky),
            HealthConfig.DEFAULTS,
            AccessLogConfig.OFF,
            ClientQuota.NONE,
            Duration.ofMinutes(10)),
        apps);
  }

  private static RawClient.Reply get(Site site, String... cookies) throws IOException {
    return RawClient.ask(
        site.port(),
        RawClient.head(
            "GET / HTTP/1.1", "Host: x", "Cookie: " + String.join("; ", cookies) + "; z=1"));
  }

  private static String cookie(RawClient.Reply reply) {
    Matcher cookie = COOKIE.matcher(reply.head());
    assertTrue(cookie.find(), reply.head());
    return "appliance-stay=" + cookie.group(2);
  }

  @Test
  void a_client_stays_with_the_application_that_answered_it_first() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        RawApp c = RawApp.saying("c");
        Site site = site(new Sticky(Sticky.Mode.ON, ""), a, b, c)) {
      Set<String> seen = new HashSet<>();
      for (int client = 0; client < 3; client++) {
        RawClient.Reply first = get(site, "y=2");
        seen.add(first.text());
        Matcher cookie = COOKIE.matcher(first.head());
        assertTrue(cookie.find(), first.head());
        assertTrue(cookie.group(1).endsWith("; Path=/; HttpOnly; SameSite=Lax"), cookie.group(1));
        for (int i = 0; i < 7; i++) {
          RawClient.Reply again = get(site, "y=2", cookie(first));
          assertEquals(first.text(), again.text());
          assertFalse(again.has("Set-Cookie"), "is told again");
        }
      }
      assertEquals(3, seen.size(), "new clients are shared out evenly");
    }
  }

  @Test
  void a_client_leaves_a_draining_and_a_dead_application_and_stays_with_the_next()
      throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        Site site = site(new Sticky(Sticky.Mode.ON, ""), a, b)) {
      String stays = "";
      RawClient.Reply reply;
      do {
        reply = get(site);
        stays = cookie(reply);
      } while (!reply.text().equals("b"));
      site.state(1, MemberState.DRAINING);
      site.awaitReady(1);
      reply = get(site, stays);
      assertEquals("a", reply.text());
      stays = cookie(reply);
      site.state(1, MemberState.ACTIVE);
      site.awaitReady(2);
      a.kill();
      reply = get(site, stays);
      assertEquals("b", reply.text(), "at once, whether the checks have noticed or not");
      assertNotEquals(stays, cookie(reply));
    }
  }

  @Test
  void a_forged_cookie_is_as_good_as_none() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        Site site = site(new Sticky(Sticky.Mode.ON, ""), a, b)) {
      String real = cookie(get(site));
      for (String forged : new String[] {
        real.substring(0, real.length() - 2) + "AA",
        "appliance-stay=",
        "appliance-stay=" + site.ids.get(0),
        "xappliance-stay=" + real.substring(real.indexOf('=') + 1)
      }) {
        Set<String> answers = new HashSet<>();
        for (int i = 0; i < 2; i++) {
          RawClient.Reply reply = get(site, forged);
          answers.add(reply.text());
          cookie(reply);
        }
        assertEquals(Set.of("a", "b"), answers, forged);
      }
    }
  }

  @Test
  void a_client_stays_from_the_applications_own_cookie_on() throws Exception {
    RawApp.Answer login = request -> {
      boolean set = request.path().equals("/login");
      request.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
          + (set ? "Set-Cookie: SID=1\r\n" : "") + "\r\n"
          + (request.socket().getLocalPort() % 10));
    };
    try (RawApp a = new RawApp(login);
        RawApp b = new RawApp(login);
        Site site = site(new Sticky(Sticky.Mode.APPLICATION, "SID"), a, b)) {
      assertFalse(get(site).has("Set-Cookie"), "no session, no cookie");
      RawClient.Reply in = RawClient.get(site.port(), "/login");
      String stays = cookie(in);
      for (int i = 0; i < 5; i++) {
        assertEquals(in.text(), get(site, "SID=1", stays).text());
      }
      int before = a.requests.get();
      get(site, stays);
      get(site, stays);
      assertEquals(before + 1, a.requests.get(), "in turn again without a session");
    }
  }

  @Test
  void an_answer_that_caches_may_share_sets_no_cookie() throws Exception {
    try (RawApp a = new RawApp(request -> request.write(
            "HTTP/1.1 200 OK\r\nCache-Control: public, max-age=9\r\nContent-Length: 0\r\n\r\n"));
        Site site = site(new Sticky(Sticky.Mode.ON, ""), a)) {
      assertFalse(get(site).has("Set-Cookie"));
    }
  }

  @Test
  void nodes_of_one_cluster_know_each_others_cookies_and_strangers_do_not() {
    var member = appliance.model.NodeId.random();
    StickyTokens here = new StickyTokens(() -> Optional.of("key"));
    StickyTokens there = new StickyTokens(() -> Optional.of("key"));
    StickyTokens stranger = new StickyTokens(() -> Optional.of("other"));
    String token = String.valueOf(here.of(member));
    assertTrue(there.fits(token, member));
    assertFalse(stranger.fits(token, member));
    assertFalse(new StickyTokens(Optional::empty).fits(token, member));
  }
}
