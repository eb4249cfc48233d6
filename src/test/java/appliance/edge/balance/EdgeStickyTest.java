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
import appliance.config.HttpsConfig;
import appliance.config.Sticky;
import appliance.config.TrafficConfig;
import appliance.edge.RawApp;
import appliance.edge.RawClient;
import appliance.edge.RawHttp2;
import appliance.edge.Site;
import appliance.model.HostPort;
import appliance.model.MemberState;
import appliance.testing.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that stay with one application. */
final class EdgeStickyTest {

  private static final Pattern COOKIE =
      Pattern.compile("(?i)Set-Cookie: (appliance-stay=[^;]+[^\r]*)\r\n");
  private static final Pattern TLS_COOKIE = Pattern.compile(
      "Set-Cookie: (appliance-stay-tls=[^;]+); Path=/; HttpOnly; SameSite=None; Secure\r\n");

  @TempDir
  private Path folder = Path.of("");

  private static Site site(Sticky sticky, RawApp... apps) {
    return new Site(traffic(sticky), apps);
  }

  private static TrafficConfig traffic(Sticky sticky) {
    return new TrafficConfig(
        new BalanceConfig(Balance.ROUND_ROBIN, 1, 0, Duration.ZERO, sticky),
        HealthConfig.DEFAULTS,
        AccessLogConfig.OFF,
        ClientQuota.NONE,
        Duration.ofMinutes(10));
  }

  private static RawClient.Reply get(Site site, String... cookies) throws IOException {
    return at(site, "/", cookies);
  }

  private static RawClient.Reply at(Site site, String path, String... cookies) throws IOException {
    return RawClient.ask(site.port(), request(path, cookies));
  }

  private static String request(String path, String... cookies) {
    return RawClient.head(
        "GET " + path + " HTTP/1.1", "Host: x", "Cookie: " + String.join("; ", cookies) + "; z=1");
  }

  private static RawClient.Reply getFrom(String client, Site site, String... cookies)
      throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    Socket socket = new Socket(loopback, site.port(), InetAddress.getByName(client), 0);
    return ask(new RawClient(socket), request("/", cookies));
  }

  private static RawClient.Reply ask(RawClient client, String request) throws IOException {
    try (client) {
      client.send(request);
      return client.reply();
    }
  }

  /** The value of our {@code Set-Cookie} line. */
  private static String set(RawClient.Reply reply) {
    return first(COOKIE, reply);
  }

  private static String first(Pattern pattern, RawClient.Reply reply) {
    Matcher found = pattern.matcher(reply.head());
    assertTrue(found.find(), reply.head());
    return found.group(1);
  }

  /** What is shown of it. */
  private static String shown(String set) {
    return set.substring(0, set.indexOf(';'));
  }

  private static String cookie(RawClient.Reply reply) {
    return shown(set(reply));
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
        assertTrue(set(first).endsWith("; Path=/; HttpOnly"), first.head());
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
        real.substring(0, real.length() - 2),
        real + "A",
        real + ".@,x",
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
  void all_requests_of_a_client_whose_application_is_gone_go_to_the_same_next_one()
      throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        RawApp c = RawApp.saying("c");
        Site site = site(new Sticky(Sticky.Mode.ON, ""), a, b, c)) {
      RawClient.Reply first = get(site);
      site.state(first.text().charAt(0) - 'a', MemberState.DRAINING);
      site.awaitReady(2);
      Set<String> ofAll = new HashSet<>();
      for (int client = 1; client <= 20; client++) {
        Set<String> ofOne = new HashSet<>();
        for (int i = 0; i < 5; i++) {
          RawClient.Reply reply = getFrom("127.0.0." + client, site, cookie(first));
          ofOne.add(reply.text() + cookie(reply));
          ofAll.add(reply.text());
        }
        assertEquals(1, ofOne.size(), "none of them knows yet what the others were told: " + ofOne);
      }
      assertEquals(2, ofAll.size(), "clients are shared out");
    }
  }

  @Test
  void a_forged_cookie_gets_a_real_one() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        Site site = site(new Sticky(Sticky.Mode.ON, ""), a, b)) {
      String real = cookie(get(site));
      String forged = real.substring(0, real.length() - 3) + "AAA";
      RawClient.Reply reply = get(site, forged);
      assertEquals(reply.text(), get(site, cookie(reply)).text());
    }
  }

  @Test
  void over_tls_it_comes_from_other_sites_pages_as_sessions_may() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        Site site = withTls(a, b)) {
      RawClient.Reply first = getOverTls(site);
      String fromElsewhere = overTls(first);
      for (int i = 0; i < 4; i++) {
        assertEquals(first.text(), getOverTls(site, fromElsewhere).text());
        RawClient.Reply again = getOverTls(site, cookie(first), fromElsewhere);
        assertEquals(first.text(), again.text());
        assertFalse(again.has("Set-Cookie"), again.head());
      }
    }
  }

  private Site withTls(RawApp... apps) throws Exception {
    return new Site(
        new HttpsConfig(
            new HostPort("127.0.0.1", 0), List.of(Certificates.make(folder, "x", "localhost"))),
        traffic(new Sticky(Sticky.Mode.ON, "")),
        apps);
  }

  private static RawClient.Reply getOverTls(Site site, String... cookies) throws Exception {
    return ask(new RawClient(RawHttp2.socket(site.httpsPort(), "http/1.1")), request("/", cookies));
  }

  /** What a browser shows over TLS alone. */
  private static String overTls(RawClient.Reply reply) {
    return first(TLS_COOKIE, reply);
  }

  /** Browsers let no cookie that comes without TLS take the place of one that is {@code Secure}. */
  @Test
  void a_client_that_goes_from_tls_to_plain_http_and_back_stays() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        Site site = withTls(a, b)) {
      RawClient.Reply first = getOverTls(site);
      assertTrue(set(first).endsWith("; Path=/; HttpOnly"), first.head());
      for (int i = 0; i < 4; i++) {
        RawClient.Reply plain = get(site, cookie(first));
        assertEquals(first.text(), plain.text());
        assertFalse(plain.has("Set-Cookie"), plain.head());
      }
      RawClient.Reply other = get(site);
      for (int i = 0; i < 4; i++) {
        RawClient.Reply secure = getOverTls(site, cookie(other));
        assertEquals(other.text(), secure.text());
        assertFalse(COOKIE.matcher(secure.head()).find(), "only the other one is told");
        assertEquals(
            other.text(), getOverTls(site, cookie(other), overTls(secure)).text());
      }
    }
  }

  /** Has one of two applications alone take requests. */
  private static void alone(Site site, int index) {
    site.state(index, MemberState.ACTIVE);
    site.awaitReady(2);
    site.state(1 - index, MemberState.DRAINING);
    site.awaitReady(1);
  }

  @Test
  void ours_comes_and_goes_with_the_applications_cookie() throws Exception {
    String[] attributes = {""};
    RawApp.Answer login = request -> {
      String set = request.path().equals("/") ? "" : "Set-Cookie: SID=1" + attributes[0] + "\r\n";
      request.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n" + set + "\r\nx");
    };
    try (RawApp a = new RawApp(login);
        RawApp b = new RawApp(login);
        Site site = site(new Sticky(Sticky.Mode.APPLICATION, "SID"), a, b)) {
      alone(site, 0);
      attributes[0] = "; path=/";
      assertTrue(set(at(site, "/in")).endsWith("; Path=/; HttpOnly"));
      attributes[0] = "; Path=/shop; Domain=example.com; SameSite=None; Secure; HttpOnly";
      String shop = set(at(site, "/in"));
      assertTrue(
          shop.endsWith("; Path=/shop; Domain=example.com; HttpOnly; SameSite=None; Secure"), shop);
      attributes[0] = "; expires=Fri, 27-Nov-2026 08:00:00 GMT; Max-Age=7200; path=/; samesite=lax";
      String lives = set(at(site, "/in"));
      assertTrue(
          lives.endsWith(
              "; HttpOnly; SameSite=Lax; expires=Fri, 27-Nov-2026 08:00:00 GMT; Max-Age=7200"),
          lives);
      RawClient.Reply again = at(site, "/in", "SID=1", shown(lives));
      assertTrue(set(again).endsWith("; Max-Age=7200"), "lives on as the other does");
      attributes[0] = "; Max-Age=x\tSecure; Path=/\u00e4; Domain=a b; SameSite=?";
      assertTrue(
          set(at(site, "/in")).endsWith("; Path=/; HttpOnly"), "what it does not know is left out");

      alone(site, 1);
      String next = set(at(site, "/", "SID=1", shown(shop)));
      alone(site, 0);
      String over = set(at(site, "/", "SID=1", shown(next)));
      String same = "; Path=/shop; Domain=example.com; HttpOnly; SameSite=None; Secure";
      assertTrue(over.endsWith(same), over + ": takes the place of the one before");
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
    String[] headers = {""};
    try (RawApp a = new RawApp(request ->
            request.write("HTTP/1.1 200 OK\r\n" + headers[0] + "Content-Length: 0\r\n\r\n"));
        Site site = site(new Sticky(Sticky.Mode.ON, ""), a)) {
      for (String shared : List.of(
          "Cache-Control: public, max-age=9\r\n",
          "Cache-Control: Public\r\n",
          "cache-control: max-age=60\r\n",
          "Cache-Control: must-revalidate\r\nCache-Control: S-MaxAge=1\r\n",
          "Expires: Fri, 01 Jan 2106 00:00:00 GMT\r\n")) {
        headers[0] = shared;
        assertFalse(get(site).has("Set-Cookie"), shared);
      }
      for (String own : List.of(
          "",
          "Cache-Control: private, max-age=9\r\n",
          "Cache-Control: no-cache\r\n",
          "Cache-Control: max-age=0\r\nExpires: Fri, 01 Jan 2106 00:00:00 GMT\r\n",
          "Cache-Control: no-store, must-revalidate\r\nExpires: Thu, 19 Nov 1981 08:52:00 GMT\r\n")) {
        headers[0] = own;
        assertTrue(get(site).has("Set-Cookie"), own);
      }
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
