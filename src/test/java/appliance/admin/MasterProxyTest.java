package appliance.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.PeerReply;
import appliance.model.PeerRequest;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MasterProxyTest {

  private static final Member[] MEMBERS = {
    AdminNode.member(1, MemberState.ACTIVE), AdminNode.member(2, MemberState.ACTIVE)
  };

  private final AdminAccess access = AdminAccess.generate(new SecureRandom());
  private final Map<String, String> settings = new HashMap<>(access.settings());
  private AdminNode a;
  private AdminNode b;

  @BeforeEach
  void start(@TempDir Path dataA, @TempDir Path dataB) {
    a = new AdminNode(dataA, 1, "127.0.0.1:0", settings);
    b = new AdminNode(dataB, 2, "127.0.0.1:0", settings);
    connect();
    elect(Optional.of(a));
  }

  private void connect() {
    for (AdminNode node : List.of(a, b)) {
      node.routes.put(a.id, a.admin.route());
      node.routes.put(b.id, b.admin.route());
    }
  }

  private void elect(Optional<AdminNode> master) {
    List.of(a, b).forEach(node -> node.show(master.map(m -> m.id), true, MEMBERS));
  }

  @AfterEach
  void stop() {
    a.close();
    b.close();
  }

  @Test
  void pages_sessions_and_commands_of_any_node_are_the_master_s() throws Exception {
    Browser browser = new Browser(b.url()).signedIn(access.password());
    assertEquals(202, browser.post("/api/drain?node=b").statusCode());
    assertEquals(List.of("drain b"), a.commands);
    assertEquals(List.of(), b.commands);
    HttpResponse<String> page = browser.get("/");
    assertTrue(page.body().startsWith("<!doctype html>"), page.body());
    String tag = page.headers().firstValue("etag").orElseThrow();
    assertEquals(304, browser.with("if-none-match", tag).get("/").statusCode());
  }

  @Test
  void the_status_is_the_asked_node_s_own_with_the_same_session() throws Exception {
    Browser browser = new Browser(a.url()).signedIn(access.password());
    assertEquals("a", nodeOf(browser));
    assertEquals("b", nodeOf(browser.at(b.url())));
  }

  private static String nodeOf(Browser browser) throws Exception {
    return Browser.json(browser.get("/api/status")).get("node").getAsString();
  }

  @Test
  void a_session_outlives_its_master() throws Exception {
    Browser browser = new Browser(b.url()).signedIn(access.password());
    a.close();
    elect(Optional.of(b));
    assertEquals(200, browser.get("/api/session").statusCode());
    assertEquals(202, browser.post("/api/resume?node=a").statusCode());
    assertEquals(List.of("resume a"), b.commands);
  }

  @Test
  void without_a_master_each_node_shows_what_it_knows_itself() throws Exception {
    elect(Optional.empty());
    Browser browser = new Browser(b.url()).signedIn(access.password());
    assertTrue(browser.get("/").body().startsWith("<!doctype html>"));
    String warnings = Browser.json(browser.get("/api/status")).get("warnings").toString();
    assertTrue(warnings.contains("no master"), warnings);
  }

  @Test
  void a_master_that_cannot_be_reached_leaves_the_page_to_this_node() throws Exception {
    b.routes.remove(a.id);
    Browser browser = new Browser(b.url()).signedIn(access.password());
    assertEquals(202, browser.post("/api/drain?node=a").statusCode());
    assertEquals(List.of("drain a"), b.commands);
  }

  @Test
  void a_master_that_refuses_the_call_leaves_the_page_to_this_node() throws Exception {
    for (int status : new int[] {200, 403, 404, 500}) {
      b.routes.put(a.id, request -> PeerReply.text(status, "no member of this cluster"));
      HttpResponse<String> page = new Browser(b.url()).get("/");
      assertEquals(200, page.statusCode());
      assertTrue(page.body().startsWith("<!doctype html>"), page.body());
    }
  }

  @Test
  void guessing_through_another_node_is_counted_by_the_guesser_s_address() throws Exception {
    HttpResponse<String> answer = new Browser(b.url()).loginAfterGuesses(access.password());
    assertEquals(429, answer.statusCode());
    assertTrue(answer.headers().firstValue("retry-after").isPresent());
  }

  @Test
  void a_member_that_lies_about_an_address_locks_out_nobody_else_s() throws Exception {
    String told = "200"; // of a machine on which the second is over that the guesser has to wait
    for (int round = 0; told.equals("200") && round < Browser.ROUNDS_MAX; round++) {
      for (int i = 0; i < Throttle.FREE_TRIES; i++) {
        assertEquals("401", login("b", "10.0.0.9", "guess" + i));
      }
      told = login("b", "10.0.0.9", access.password());
    }
    assertEquals("429", told);
    assertEquals("200", login("c", "10.0.0.9", access.password()));
  }

  private String login(String caller, String source, String password) throws Exception {
    byte[] body = ("{\"password\": \"" + password + "\"}").getBytes(StandardCharsets.UTF_8);
    Map<String, String> headers = Map.of(
        PeerRequest.CALLER,
        caller,
        "x-appliance-source",
        source,
        "content-type",
        "application/json");
    PeerRequest request = new PeerRequest(
        "POST", "api/login", Map.of(), headers, body.length, new ByteArrayInputStream(body));
    try (PeerReply reply = a.admin.route().handle(request)) {
      return reply.headers().getOrDefault("x-appliance-status", "");
    }
  }

  @Test
  void another_node_s_token_opens_nothing_here() throws Exception {
    Browser browser =
        new Browser(b.url()).with("authorization", "Bearer " + AdminToken.read(a.data));
    assertEquals(401, browser.get("/api/status").statusCode());
    assertEquals(401, browser.post("/api/drain?node=b").statusCode());
  }
}
