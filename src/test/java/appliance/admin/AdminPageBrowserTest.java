package appliance.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import appliance.model.Asker;
import appliance.model.Fingerprint;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.Wait;
import appliance.status.Section;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser. Leaves pictures of itself in target/screens. */
@Tag("scenario")
final class AdminPageBrowserTest {

  private static final String ENTER = "\uE007";
  private static final String TAB = "\uE004";
  private static final String ROW = "document.querySelectorAll('#members tbody tr')";

  private final AdminAccess access = AdminAccess.generate(new SecureRandom());
  private AdminNode node;
  private Chrome chrome;

  @BeforeEach
  void start(@TempDir Path data, @TempDir Path profile) throws Exception {
    assumeTrue(Chrome.isInstalled(), "no chromedriver: apt-get install chromium chromium-driver");
    node = AdminNode.on(data);
    node.settings.putAll(access.settings());
    chrome = new Chrome(profile);
    chrome.look(1280, 800, "light");
  }

  @AfterEach
  void stop() throws Exception {
    if (chrome != null) {
      chrome.close();
      node.close();
    }
  }

  private void signIn() throws Exception {
    chrome.open(node.url());
    chrome.await("document.activeElement.id === 'password'");
    chrome.type(access.password() + ENTER);
    chrome.await(ROW + ".length >= 2");
  }

  @Test
  void a_person_signs_in_sees_the_cluster_and_drains_a_node_by_keyboard() throws Exception {
    chrome.open(node.url());
    chrome.await("document.activeElement.id === 'password'");
    chrome.type("wrong" + ENTER);
    chrome.await("document.getElementById('login-error').textContent.includes('not the password')");
    screenshots("login");
    chrome.type(access.password() + ENTER);
    chrome.await(ROW + ".length === 2");
    chrome.eval(button(1, "drain") + ".focus()");
    chrome.type(ENTER);
    chrome.await("document.getElementById('confirm').open");
    assertTrue(chrome
        .eval("document.getElementById('confirm-text').textContent")
        .contains("a carries the traffic"));
    screenshots("confirm");
    chrome.type(ENTER); // on Cancel, which has the focus
    chrome.await("!document.getElementById('confirm').open");
    assertEquals(List.of(), node.commands);
    chrome.type(ENTER);
    chrome.await("document.getElementById('confirm').open");
    chrome.type(TAB + ENTER);
    chrome.await("!document.getElementById('toast').hidden");
    assertEquals(List.of("drain b"), node.commands);
    node.show(
        Optional.of(node.id),
        true,
        AdminNode.member(1, MemberState.ACTIVE),
        AdminNode.member(2, MemberState.DRAINING, ""));
    chrome.await("!" + button(1, "resume") + ".hidden && " + button(1, "drain") + ".hidden");
    assertFalse(chrome.console().contains("Content Security Policy"), chrome.console());
  }

  @Test
  void an_ended_session_is_told_and_how_to_get_a_password() throws Exception {
    signIn();
    node.settings.putAll(AdminAccess.generate(new SecureRandom()).settings());
    chrome.await(
        "document.getElementById('login-error').textContent.includes('session has ended')");
    String page = chrome.eval("document.getElementById('login').textContent");
    assertTrue(page.contains("appliance password"), page);
  }

  @Test
  void who_was_signed_in_goes_on_once_the_node_is_back_in_the_cluster() throws Exception {
    signIn();
    Map<String, String> known = Map.copyOf(node.settings);
    node.settings.clear();
    node.waits(new Wait("its approval", "Approve it elsewhere", Instant.EPOCH));
    chrome.await(
        "document.getElementById('login-node').textContent.includes('waits for its approval')");
    assertEquals("", chrome.eval("document.getElementById('login-error').textContent"));
    node.settings.putAll(known);
    node.show(Optional.of(node.id), true, AdminNode.member(1, MemberState.ACTIVE));
    chrome.await("!document.getElementById('console').hidden");
    chrome.await(ROW + ".length === 1");
  }

  @Test
  void who_could_not_be_signed_out_is_told_and_stays() throws Exception {
    signIn();
    int port = node.url().getPort();
    node.close();
    chrome.eval("document.getElementById('sign-out').focus()");
    chrome.type(ENTER);
    chrome.await("document.getElementById('toast').textContent.includes('still signed in')");
    assertEquals("false", chrome.eval("document.getElementById('console').hidden"));
    node = new AdminNode(node.data, 1, "127.0.0.1:" + port, node.settings);
    node.show(Optional.of(node.id), true, AdminNode.member(1, MemberState.ACTIVE));
    chrome.await("document.getElementById('link').textContent === 'live'");
    chrome.eval("document.getElementById('sign-out').focus()");
    chrome.type(ENTER);
    chrome.await("!document.getElementById('login').hidden");
    assertEquals("", chrome.eval("document.getElementById('login-error').textContent"));
  }

  @Test
  void of_very_many_warnings_the_gravest_are_shown_and_the_rest_on_demand() throws Exception {
    node.show(
        Optional.of(node.id),
        true,
        IntStream.rangeClosed(1, 20)
            .mapToObj(i ->
                AdminNode.member(i, i == 1 ? MemberState.ACTIVE : MemberState.DOWN, "no heartbeat"))
            .toArray(Member[]::new));
    signIn();
    chrome.await("document.querySelectorAll('#warnings li').length === 12");
    chrome.await("document.getElementById('more-warnings').textContent === 'Show 7 more warnings'");
    chrome.eval("document.getElementById('more-warnings').focus()");
    chrome.type(ENTER);
    chrome.await("document.querySelectorAll('#warnings li').length === 19");
    chrome.await("document.getElementById('more-warnings').hidden");
  }

  private static String button(int row, String command) {
    return ROW + "[" + row + "].querySelector('button[data-command=\"" + command + "\"]')";
  }

  private void pressAndAgree(int row, String command) throws Exception {
    chrome.await("!" + button(row, command) + ".hidden");
    pressAndAgree(button(row, command));
  }

  private void pressAndAgree(String button) throws Exception {
    chrome.eval(button + ".focus()");
    chrome.type(ENTER);
    chrome.await("document.getElementById('confirm').open");
    chrome.type(TAB + ENTER);
    chrome.await("!document.getElementById('confirm').open");
  }

  @Test
  void each_command_is_offered_where_it_makes_sense_and_done_once_it_is_confirmed()
      throws Exception {
    node.sections.put(
        "database",
        Section.builder()
            .text("engine", "mariadb")
            .text("position", "10-1-7")
            .text("state", "STOPPED")
            .text("reason", "a column type is not known")
            .build());
    node.show(
        Optional.of(node.id),
        true,
        AdminNode.member(1, MemberState.ACTIVE),
        AdminNode.member(2, MemberState.ACTIVE),
        AdminNode.member(3, MemberState.DRAINED, ""));
    Fingerprint key = Fingerprint.of(new byte[Fingerprint.BYTES]);
    node.asking = List.of(new Asker(key, "d", "192.0.2.4"));
    Fingerprint early = new Fingerprint("01234567".repeat(8));
    node.letIn = List.of(new Asker(early, "e", ""));
    signIn();
    chrome.await(ROW + ".length === 3");
    assertEquals("true", chrome.eval(button(0, "handover") + ".hidden"), "it is master");
    assertEquals("true", chrome.eval(button(1, "remove") + ".hidden"), "it serves");
    assertEquals("true", chrome.eval(button(2, "replica/rebuild") + ".hidden"), "not here");
    pressAndAgree(2, "remove");
    chrome.await("document.getElementById('toast').textContent.includes('c is removed')");
    pressAndAgree(0, "replica/rebuild");
    chrome.await("document.getElementById('toast').textContent.includes('copied again')");
    pressAndAgree(1, "handover");
    chrome.await("document.getElementById('toast').textContent.includes('b becomes master')");
    pressAndAgree("document.querySelector('[aria-label=\"Refuse d\"]')");
    chrome.await("document.getElementById('toast').textContent.includes('d is refused')");
    String shown = chrome.eval("document.getElementById('let-in').innerText");
    assertTrue(shown.contains("e") && shown.contains("01234567 ".repeat(7) + "01234567"), shown);
    screenshots("entrants");
    pressAndAgree("document.querySelector('[aria-label=\"Take back e\"]')");
    chrome.await("document.getElementById('toast').textContent.includes('e is let in no more')");
    assertEquals(
        List.of(
            "remove c", "rebuild the replica", "handover b", "refuse " + key, "refuse " + early),
        node.commands);
    node.letIn = List.of();
    chrome.await("document.getElementById('let-in').hidden");
  }

  @Test
  void a_node_that_fails_is_seen_without_reload_and_its_words_stay_words() throws Exception {
    busy(0);
    signIn();
    node.show(
        Optional.of(node.id),
        true,
        AdminNode.member(1, MemberState.ACTIVE),
        AdminNode.member(2, MemberState.ACTIVE),
        AdminNode.member(3, MemberState.DOWN, "no heartbeat for 4 s <img src=x onerror='x=1'>"),
        AdminNode.member(4, MemberState.DRAINED, "drained by admin"));
    chrome.await(ROW + ".length === 4");
    for (int second = 1; second < 4; second++) {
      busy(second);
      Thread.sleep(700);
    }
    chrome.await(ROW + "[2].innerText.includes('<img src=x')");
    assertEquals("0", chrome.eval("document.querySelectorAll('main img').length - 1"));
    screenshots("members");
    assertEquals("3", chrome.eval("document.querySelectorAll('#warnings li').length"));
  }

  @Test
  void a_lost_connection_is_said_and_found_again() throws Exception {
    busy(1);
    signIn();
    int port = node.url().getPort();
    node.close();
    chrome.await("!document.getElementById('stale').hidden");
    screenshots("lost");
    node = new AdminNode(node.data, 1, "127.0.0.1:" + port, node.settings);
    node.show(Optional.of(node.id), true, AdminNode.member(1, MemberState.ACTIVE));
    chrome.await("document.getElementById('link').textContent === 'live'");
    chrome.await(ROW + ".length === 1");
  }

  /** What the members tell in the given second. */
  private void busy(int second) {
    node.sections.put(
        "edge",
        Section.builder()
            .counter("requests", 182_000 + second * 412 + second % 3 * 90)
            .gauge("active", 14)
            .build());
    node.sections.put("database", database("10-1-48211", 0, "").build());
    node.sections.put("media", media(0));
    news(
        2,
        "{\"edge\":{\"requests\":" + (90_000 + second * 377) + ",\"active\":9},"
            + "\"database\":{\"engine\":\"h2\",\"position\":\"binlog.000004:7781234\",\"lagMillis\":23400,"
            + "\"state\":\"catching up\"},\"media\":{\"files\":1204,\"bytes\":3182000000,\"pending\":17}}");
    news(
        4,
        "{\"edge\":{\"requests\":81,\"active\":0},\"database\":{\"engine\":\"h2\","
            + "\"position\":\"binlog.000004:7791234\",\"lagMillis\":12,\"state\":\"stopped\","
            + "\"reason\":\"table wp_posts has a column type that is not known: GEOMETRY\"}}");
  }

  private static Section.Builder database(String position, long lag, String reason) {
    return Section.builder()
        .text("engine", "mariadb")
        .text("position", position)
        .gauge("lagMillis", lag)
        .text("state", "following")
        .text("reason", reason);
  }

  private static Section media(long pending) {
    return Section.builder()
        .gauge("files", 1221)
        .gauge("bytes", 3_204_000_000L)
        .gauge("pending", pending)
        .build();
  }

  private void news(int number, String json) {
    node.roster.receive(AdminNode.id(number), json.getBytes(StandardCharsets.UTF_8));
  }

  private void screenshots(String name) throws Exception {
    Path folder = Path.of("target", "screens");
    for (String scheme : List.of("light", "dark")) {
      chrome.look(1280, 800, scheme);
      chrome.screenshot(folder.resolve(name + "-desktop-" + scheme + ".png"));
      chrome.look(390, 844, scheme);
      chrome.screenshot(folder.resolve(name + "-phone-" + scheme + ".png"));
    }
    chrome.look(1280, 800, "light");
  }
}
