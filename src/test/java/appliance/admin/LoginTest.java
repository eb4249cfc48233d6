package appliance.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.Wait;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoginTest {

  @TempDir
  private Path data;

  private final AdminAccess access = AdminAccess.generate(new SecureRandom());
  private AdminNode node;
  private Browser browser;

  @BeforeEach
  void start() {
    node = AdminNode.on(data);
    node.settings.putAll(access.settings());
    browser = new Browser(node.url());
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void the_password_opens_a_session_that_sees_and_commands() throws Exception {
    HttpResponse<String> answer = browser.login(access.password());
    assertEquals(200, answer.statusCode(), answer.body());
    String cookie = answer.headers().firstValue("set-cookie").orElseThrow();
    assertTrue(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), cookie);
    assertTrue(!cookie.contains("Secure"), "loopback speaks http: " + cookie);
    assertEquals(200, browser.get("/api/status").statusCode());
    String csrf = Browser.json(browser.get("/api/session")).get("csrf").getAsString();
    assertEquals(
        202, browser.with("x-csrf-token", csrf).post("/api/drain?node=b").statusCode());
    assertEquals(List.of("drain b"), node.commands);
  }

  @Test
  void a_session_without_its_csrf_token_only_sees() throws Exception {
    browser.login(access.password());
    assertEquals(403, browser.post("/api/drain?node=b").statusCode());
    assertEquals(
        403, browser.with("x-csrf-token", "guess").post("/api/drain?node=b").statusCode());
    String other =
        new Browser(node.url()).signedIn(access.password()).get("/api/session").body();
    String foreign = other.replaceAll("(?s).*\"csrf\":\"([^\"]+)\".*", "$1");
    assertEquals(
        403, browser.with("x-csrf-token", foreign).post("/api/drain?node=b").statusCode());
    assertEquals(List.of(), node.commands);
  }

  @Test
  void pages_of_other_sites_cannot_command() throws Exception {
    browser.signedIn(access.password());
    browser.with("origin", "https://evil.example");
    assertEquals(403, browser.post("/api/drain?node=b").statusCode());
    assertEquals(403, browser.login(access.password()).statusCode());
    browser.with("origin", node.url().toString());
    assertEquals(202, browser.post("/api/drain?node=b").statusCode());
    browser.with("sec-fetch-site", "cross-site");
    assertEquals(403, browser.post("/api/drain?node=b").statusCode());
  }

  @Test
  void wrong_passwords_are_told_apart_from_wrong_requests() throws Exception {
    assertEquals(401, browser.login("wrong").statusCode());
    assertEquals(400, browser.login("").statusCode());
    assertEquals(400, browser.login("x".repeat(300)).statusCode());
    assertEquals(400, browser.send("POST", "/api/login", "not json").statusCode());
    assertEquals(400, browser.send("POST", "/api/login", "{\"password\":{}}").statusCode());
    browser.with("content-type", "text/plain");
    assertEquals(400, browser.send("POST", "/api/login", "{\"password\":\"x\"}").statusCode());
  }

  @Test
  void a_lost_password_is_replaced_by_whoever_reads_the_token_and_its_sessions_end()
      throws Exception {
    browser.signedIn(access.password());
    assertEquals(401, browser.post("/api/password").statusCode(), "a session is not enough");
    assertEquals(200, browser.get("/api/status").statusCode());

    HttpResponse<String> answer = new Browser(node.url())
        .with("authorization", "Bearer " + AdminToken.read(data))
        .post("/api/password");
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals(401, browser.get("/api/status").statusCode(), "its session has ended");
    assertEquals(401, new Browser(node.url()).login(access.password()).statusCode());
    String made = Browser.json(answer).get("password").getAsString();
    assertEquals(200, new Browser(node.url()).login(made).statusCode());
  }

  @Test
  void guessing_is_slowed_down() throws Exception {
    HttpResponse<String> answer = browser.loginAfterGuesses(access.password());
    assertEquals(429, answer.statusCode());
    assertEquals("1", answer.headers().firstValue("retry-after").orElse(""));
  }

  @Test
  void forged_and_broken_cookies_open_nothing() throws Exception {
    String expires = Long.toString(Instant.now().getEpochSecond() + 1000);
    String id = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[16]);
    String known = Mac256.of(new byte[32], "session " + id + "." + expires);
    for (String token : List.of(
        "",
        ".",
        "..",
        "a.b.c",
        id + "." + expires + ".",
        id + "." + expires + "." + known,
        "x".repeat(5000))) {
      HttpResponse<String> answer =
          new Browser(node.url()).with("cookie", "appliance_session=" + token).get("/api/status");
      assertEquals(401, answer.statusCode(), token);
    }
  }

  @Test
  void a_longer_life_cannot_be_written_into_a_cookie() throws Exception {
    String cookie =
        browser.login(access.password()).headers().firstValue("set-cookie").orElseThrow();
    String[] parts =
        cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';')).split("\\.", -1);
    String longer = parts[0] + "." + (Long.parseLong(parts[1]) + 1) + "." + parts[2];
    browser.with("cookie", "appliance_session=" + longer);
    assertEquals(401, browser.get("/api/status").statusCode());
  }

  @Test
  void a_session_ends_after_twelve_hours() {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    Sessions then = sessionsAt(start);
    String token = then.issue().orElseThrow();
    assertTrue(sessionsAt(start.plusSeconds(11 * 3600)).of(carrying(token)).isPresent());
    assertTrue(sessionsAt(start.plusSeconds(12 * 3600)).of(carrying(token)).isEmpty());
  }

  private Sessions sessionsAt(Instant instant) {
    return new Sessions(
        key -> Optional.ofNullable(access.settings().get(key)),
        Clock.fixed(instant, ZoneOffset.UTC),
        new SecureRandom());
  }

  private static Request carrying(String token) {
    return new Request(
        "GET",
        "/",
        java.util.Map.of(),
        java.util.Map.of("cookie", "other=1; appliance_session=" + token),
        "",
        "127.0.0.1",
        false);
  }

  @Test
  void a_new_password_ends_all_sessions() throws Exception {
    browser.signedIn(access.password());
    node.settings.put(
        AdminAccess.PASSWORD_SETTING, AdminPassword.hash("another", 1000, new SecureRandom()));
    assertEquals(401, browser.get("/api/status").statusCode());
  }

  @Test
  void signing_out_removes_the_cookie() throws Exception {
    browser.signedIn(access.password());
    HttpResponse<String> answer = browser.post("/api/logout");
    assertEquals(200, answer.statusCode());
    assertTrue(answer
        .headers()
        .firstValue("set-cookie")
        .orElse("")
        .startsWith("appliance_session=; Max-Age=0"));
  }

  @Test
  void before_the_cluster_is_known_nobody_signs_in() throws Exception {
    node.settings.clear();
    assertEquals(503, browser.login(access.password()).statusCode());
    node.waits(new Wait("its approval", "Approve it", Instant.EPOCH));
    HttpResponse<String> refused = browser.login(access.password());
    assertTrue(refused.body().contains("it waits for its approval. Approve it"), refused.body());
  }

  @Test
  void a_page_that_calls_this_node_by_a_name_of_its_own_is_refused() throws Exception {
    try (var socket = new java.net.Socket(
        java.net.InetAddress.getLoopbackAddress(), node.url().getPort())) {
      socket
          .getOutputStream()
          .write("GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
              .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      String answer = new String(
          socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      assertTrue(answer.startsWith("HTTP/1.1 421"), answer);
    }
  }
}
