package appliance.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.MemberState;
import appliance.model.Wait;
import com.google.gson.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ApiTest {

  @TempDir
  private Path data;

  private AdminNode node;
  private Browser browser;

  @BeforeEach
  void start() {
    node = AdminNode.on(data);
    browser = new Browser(node.url());
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private Browser bearer() throws Exception {
    return new Browser(node.url()).with("authorization", "Bearer " + AdminToken.read(data));
  }

  @Test
  void the_status_is_for_the_holder_of_the_token() throws Exception {
    JsonObject status = Browser.json(bearer().get("/api/status"));
    assertEquals("shop", status.get("cluster").getAsString());
    assertEquals("a", status.get("master").getAsString());
    assertEquals(2, status.getAsJsonArray("members").size());
    assertEquals(401, browser.get("/api/status").statusCode());
    assertEquals(
        401, browser.with("authorization", "Bearer nonsense").get("/api/status").statusCode());
    assertEquals(
        401, browser.with("authorization", "Bearer ").get("/api/status").statusCode());
  }

  @Test
  void the_token_s_file_is_the_owner_s_alone_and_stays_the_same() throws Exception {
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("admin.token"))));
    String token = AdminToken.read(data);
    node.close();
    Files.setPosixFilePermissions(
        data.resolve("admin.token"), PosixFilePermissions.fromString("rw-r--r--"));
    node = AdminNode.on(data);
    assertEquals(token, AdminToken.read(data));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("admin.token"))));
    node.close();
    Files.writeString(data.resolve("admin.token"), "");
    node = AdminNode.on(data);
    assertFalse(AdminToken.read(data).isEmpty());
  }

  @Test
  void the_token_s_holder_may_command() throws Exception {
    HttpResponse<String> answer = bearer().post("/api/drain?node=b");
    assertEquals(202, answer.statusCode(), answer.body());
    assertEquals(202, bearer().post("/api/resume?node=b").statusCode());
    assertEquals(List.of("drain b", "resume b"), node.commands);
  }

  @Test
  void a_command_on_nobody_is_told_who_there_is() throws Exception {
    HttpResponse<String> answer = bearer().post("/api/drain?node=x%22%3Cb%3E");
    assertEquals(404, answer.statusCode());
    assertTrue(answer.body().contains("there are: a, b"), answer.body());
    assertEquals(404, bearer().post("/api/drain").statusCode());
    assertEquals(List.of(), node.commands);
  }

  @Test
  void the_cluster_s_refusal_reaches_the_operator() throws Exception {
    node.refusal = Optional.of("no quorum: nothing can be agreed on");
    HttpResponse<String> answer = bearer().post("/api/drain?node=b");
    assertEquals(409, answer.statusCode());
    assertEquals(
        "no quorum: nothing can be agreed on", Browser.json(answer).get("error").getAsString());
  }

  @Test
  void healthz_says_whether_the_node_is_in_rotation_and_why_not() throws Exception {
    HttpResponse<String> well = browser.get("/healthz");
    assertEquals(200, well.statusCode());
    assertEquals("{\"status\":\"ok\"}\n", well.body());
    node.show(Optional.of(node.id), true, AdminNode.member(1, MemberState.DRAINING));
    assertUnavailable("draining: for a test");
    node.show(Optional.of(node.id), false, AdminNode.member(1, MemberState.ACTIVE));
    assertUnavailable("not in touch with a majority of the cluster");
    node.show(Optional.empty(), true);
    assertUnavailable("not in the cluster");
    node.waits(new Wait("its approval", "Approve it", Instant.EPOCH));
    assertUnavailable(
        "not in the cluster: since 1970-01-01 00:00:00 UTC it waits for its approval. Approve it");
  }

  private void assertUnavailable(String reason) throws Exception {
    HttpResponse<String> answer = browser.get("/healthz");
    assertEquals(503, answer.statusCode());
    assertEquals(reason, Browser.json(answer).get("reason").getAsString());
  }

  @Test
  void metrics_are_for_programs_of_this_machine_but_not_for_those_behind_a_proxy_on_it()
      throws Exception {
    HttpResponse<String> answer = browser.get("/metrics");
    assertEquals(200, answer.statusCode());
    assertTrue(answer.body().contains("appliance_edge_requests_total 12"), answer.body());
    assertEquals(
        "text/plain; version=0.0.4; charset=utf-8",
        answer.headers().firstValue("content-type").orElse(""));
    assertEquals(401, browser.with("x-forwarded-for", "1.2.3.4").get("/metrics").statusCode());
    assertEquals(
        200, bearer().with("x-forwarded-for", "1.2.3.4").get("/metrics").statusCode());
  }

  @Test
  void other_methods_and_paths_are_told_apart() throws Exception {
    HttpResponse<String> answer = browser.post("/healthz");
    assertEquals(405, answer.statusCode());
    assertEquals("GET, HEAD", answer.headers().firstValue("allow").orElse(""));
    assertEquals(405, bearer().get("/api/drain?node=b").statusCode());
    assertEquals(404, browser.get("/api/nothing").statusCode());
    assertEquals(404, browser.get("/../admin.token").statusCode());
    assertEquals(404, browser.get("/%2e%2e/admin.token").statusCode());
    HttpResponse<String> head = browser.send("HEAD", "/healthz", "");
    assertEquals(200, head.statusCode());
    assertEquals("", head.body());
  }

  @Test
  void every_answer_carries_the_security_headers() throws Exception {
    for (String path : List.of("/", "/healthz", "/api/status", "/nothing")) {
      HttpResponse<String> answer = browser.get(path);
      OriginCheck.HEADERS.forEach(
          (name, value) -> assertEquals(value, answer.headers().firstValue(name).orElse(""), path));
    }
    assertEquals(
        "no-store",
        bearer().get("/api/status").headers().firstValue("cache-control").orElse(""));
  }

  @Test
  void a_body_too_large_is_refused() throws Exception {
    assertEquals(
        413, bearer().send("POST", "/api/drain?node=b", "x".repeat(20_000)).statusCode());
  }

  @Test
  void pages_are_sent_once_until_they_change() throws Exception {
    HttpResponse<String> page = browser.get("/app.js");
    assertEquals(200, page.statusCode());
    String tag = page.headers().firstValue("etag").orElseThrow();
    HttpResponse<String> again = browser.with("if-none-match", tag).get("/app.js");
    assertEquals(304, again.statusCode());
    assertEquals("", again.body());
  }

  @Test
  void all_files_that_the_page_asks_for_are_there() throws Exception {
    String page = browser.get("/").body();
    var links = java.util.regex.Pattern.compile("(?:src|href)=\"([^\"]+)\"").matcher(page);
    int found = 0;
    while (links.find()) {
      found++;
      assertEquals(200, browser.get("/" + links.group(1)).statusCode(), links.group(1));
    }
    assertTrue(found >= 3);
  }

  @Test
  void local_clients_find_the_node_while_it_runs_and_only_then() throws Exception {
    assertEquals(node.admin.address(), AdminAddress.read(data));
    node.close();
    assertFalse(Files.exists(data.resolve(AdminAddress.FILE)));
  }
}
