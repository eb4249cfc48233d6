package appliance.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.admin.AdminNode;
import appliance.model.Asker;
import appliance.model.Fingerprint;
import appliance.model.MemberState;
import appliance.model.Wait;
import appliance.status.Section;
import appliance.testing.Await;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class ClientCommandsTest {

  @TempDir
  private Path data;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private AdminNode node;

  @BeforeEach
  void start() {
    node = AdminNode.on(data);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private int run(Object command, String... args) {
    return new CommandLine(command)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }

  private String folder() {
    return data.toString();
  }

  @Test
  void handover_names_the_next_master_once_there_is_one() {
    assertEquals(0, run(new HandoverCommand(), "--data", folder()), err.toString());
    assertEquals("b is master now (epoch 4).\n", out.toString());
    assertEquals(0, run(new HandoverCommand(), "a", "--data", folder()), err.toString());
    assertEquals(List.of("handover to whoever is next", "handover a"), node.commands);
    assertEquals(5, run(new HandoverCommand(), "nobody", "--data", folder()));
    assertTrue(err.toString().contains("no member is named 'nobody'"), err.toString());
  }

  @Test
  void a_handover_that_ends_with_another_master_than_it_was_to_is_no_success() {
    node.handsOverTo = "a";
    assertEquals(1, run(new HandoverCommand(), "b", "--data", folder()));
    assertTrue(err.toString().contains("b is not master: a is (epoch 4)"), err.toString());
    assertEquals(1, run(new HandoverCommand(), "--data", folder()));
    assertTrue(err.toString().contains("a is still master (epoch 5)"), err.toString());
    assertEquals("", out.toString());
  }

  @Test
  void status_shows_the_cluster_in_one_line_and_each_member_in_another() {
    node.show(
        Optional.of(node.id),
        true,
        AdminNode.member(1, MemberState.ACTIVE),
        AdminNode.member(2, MemberState.DOWN));
    assertEquals(0, run(new StatusCommand(), "--data", folder()), err.toString());
    List<String> lines = out.toString().lines().toList();
    assertEquals("cluster shop   master a   epoch 3   quorum yes", lines.get(0));
    assertTrue(lines.get(1).startsWith("NODE  ROLE     STATE"), lines.get(1));
    assertTrue(lines.get(2).matches("a +master +ACTIVE +12 .*"), lines.get(2));
    assertTrue(lines.get(3).matches("b +replica +DOWN .* - +- +0 +0 +for a test"), lines.get(3));
    assertEquals("! b is down: for a test.", lines.get(4));
  }

  @Test
  void how_far_a_replica_is_behind_is_left_out_where_nobody_knows() {
    node.sections.put(
        "database",
        Section.builder()
            .text("engine", "h2")
            .text("state", "CONNECTING")
            .text("position", "0-1-8")
            .gauge("lagMillis", -1)
            .build());
    assertEquals(0, run(new StatusCommand(), "--data", folder()), err.toString());
    assertTrue(out.toString().contains("h2 CONNECTING  - "), out.toString());
    assertFalse(out.toString().contains("-1 ms"), out.toString());
  }

  @Test
  void status_json_is_the_api_s_object() {
    assertEquals(0, run(new StatusCommand(), "--json", "--data", folder()));
    JsonObject status = JsonParser.parseString(out.toString()).getAsJsonObject();
    assertEquals("a", status.get("master").getAsString());
    assertEquals(2, status.getAsJsonArray("members").size());
  }

  @Test
  void without_a_master_status_still_answers() {
    node.show(Optional.empty(), false, AdminNode.member(1, MemberState.ACTIVE));
    assertEquals(0, run(new StatusCommand(), "--data", folder()));
    assertTrue(out.toString().startsWith("cluster shop   master none   epoch 3   quorum no"));
    assertEquals(0, run(new StatusCommand(), "--json", "--data", folder()));
    assertTrue(out.toString().contains("\"master\": null"));
  }

  @Test
  void a_node_that_waits_to_be_let_in_says_for_what_whatever_it_is_asked() {
    node.waits(new Wait("its approval", "Approve it elsewhere", Instant.EPOCH));
    String wait = "since 1970-01-01 00:00:00 UTC it waits for its approval. Approve it elsewhere";
    assertEquals(0, run(new StatusCommand(), "--data", folder()));
    assertTrue(
        out.toString().contains("! This node has not joined the cluster yet: " + wait), "" + out);
    assertEquals(5, run(new PendingCommand(), "--data", folder()));
    assertEquals(5, run(new ApproveCommand(), "b", "--data", folder()));
    assertEquals(5, run(new DrainCommand(), "b", "--data", folder()));
    assertEquals(
        3, err.toString().split(java.util.regex.Pattern.quote(wait), -1).length - 1, "" + err);
  }

  @Test
  void a_bad_admin_address_is_answered_with_what_to_write() {
    for (String bad : List.of("foo:bar", "127.0.0.1:99999999999", "::1:1", "x:-1", "x:")) {
      assertEquals(2, run(new StatusCommand(), "--admin", bad, "--data", folder()), bad);
    }
    assertTrue(
        err.toString().startsWith("--admin foo:bar: not a port: bar. Write ADDRESS:PORT"),
        "" + err);
    assertFalse(err.toString().contains("For input string"), err.toString());
  }

  @Test
  void what_members_say_cannot_steer_the_terminal() {
    node.show(
        Optional.of(node.id),
        true,
        AdminNode.member(1, MemberState.DRAINING, "\u001b[2Jgone\r\nb  master"));
    assertEquals(0, run(new StatusCommand(), "--data", folder()));
    assertFalse(out.toString().contains("\u001b"));
    assertTrue(out.toString().contains("?[2Jgone??b  master"));
  }

  @Test
  void where_no_node_runs_the_exit_code_is_six_and_the_words_say_what_to_do(@TempDir Path empty) {
    assertEquals(6, run(new StatusCommand(), "--data", empty.toString()));
    assertTrue(err.toString().contains("No node runs on"), err.toString());
    assertTrue(err.toString().contains("--data"), err.toString());
    assertEquals(1, err.toString().lines().count());
  }

  @Test
  void a_node_that_died_without_a_word_is_told_apart_from_none() throws Exception {
    String address = Files.readString(data.resolve("admin.address"));
    node.close();
    Files.writeString(data.resolve("admin.address"), address);
    assertEquals(6, run(new StatusCommand(), "--data", folder()));
    assertTrue(err.toString().contains("No node answers at http://127.0.0.1"), err.toString());
  }

  @Test
  void a_secret_that_cannot_be_looked_for_is_not_said_to_be_missing(@TempDir Path empty)
      throws Exception {
    assertEquals(4, run(new SecretCommand(), "--data", empty.toString()));
    assertTrue(err.toString().startsWith("There is no secret in"), err.toString());
    Path closed =
        Files.writeString(empty.resolve("file"), "no folder"); // root may enter any folder
    assertEquals(4, run(new SecretCommand(), "--data", closed.toString()));
    assertTrue(err.toString().contains("run this as root"), err.toString());
  }

  @Test
  void damaged_files_are_named(@TempDir Path damaged) throws Exception {
    for (String content : List.of("", "[]", "{}", "{\"url\":\"::\"}", "{\"url\":7}", "null")) {
      Files.writeString(damaged.resolve("admin.address"), content);
      Files.writeString(damaged.resolve("admin.token"), "x");
      assertEquals(6, run(new StatusCommand(), "--data", damaged.toString()), content);
    }
  }

  @Test
  void pending_lists_who_asks_and_who_was_let_in_and_has_not_joined() {
    assertEquals(0, run(new PendingCommand(), "--data", folder()), err.toString());
    assertEquals("No node asks to join.\n", out.toString());
    node.asking = List.of(new Asker(new Fingerprint("a".repeat(64)), "d", "192.0.2.4"));
    node.letIn = List.of(new Asker(new Fingerprint("b".repeat(64)), "e", ""));
    assertEquals(0, run(new PendingCommand(), "--data", folder()), err.toString());
    List<String> lines = out.toString().lines().toList();
    assertEquals("a".repeat(64) + "  d at 192.0.2.4", lines.get(1));
    assertTrue(lines.get(3).contains("refuse FINGERPRINT"), lines.get(3));
    assertEquals("b".repeat(64) + "  e", lines.get(4));
  }

  @Test
  void drain_and_resume_reach_the_cluster() {
    assertEquals(0, run(new DrainCommand(), "b", "--data", folder()), err.toString());
    assertEquals(0, run(new ResumeCommand(), "b", "--data", folder()), err.toString());
    assertEquals(List.of("drain b", "resume b"), node.commands);
    assertTrue(out.toString().contains("b is in the rotation again once it is ACTIVE"));
  }

  @Test
  void password_prints_a_new_one_or_the_reason_why_there_is_none() {
    assertEquals(0, run(new PasswordCommand(), "--data", folder()), err.toString());
    assertTrue(
        out.toString().matches("(?s)Admin user: +admin\nAdmin password: (\\w{4}-){3}\\w{4} .*"),
        out.toString());
    node.refusal = Optional.of("there is no majority");
    assertEquals(5, run(new PasswordCommand(), "--data", folder()));
    assertEquals("The node refused: there is no majority\n", err.toString());
  }

  @Test
  void replica_rebuild_reaches_this_node() {
    assertEquals(0, run(new ReplicaCommand(), "rebuild", "--data", folder()), err.toString());
    assertEquals(List.of("rebuild the replica"), node.commands);
    assertEquals(2, run(new ReplicaCommand()));
  }

  @Test
  void drain_waits_until_it_is_safe_to_switch_off() {
    CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(
        () -> run(new DrainCommand(), "b", "--wait", "--data", folder()));
    Await.until("it is told", () -> !node.commands.isEmpty());
    assertFalse(exit.isDone());
    node.show(
        Optional.of(node.id),
        true,
        AdminNode.member(1, MemberState.ACTIVE),
        AdminNode.member(2, MemberState.DRAINED));
    assertEquals(0, exit.join(), err.toString());
    assertTrue(out.toString().contains("b is drained: safe to switch off."));
  }

  @Test
  void a_wait_that_runs_out_fails_and_names_the_state() {
    assertEquals(1, run(new DrainCommand(), "b", "--wait", "--timeout", "0", "--data", folder()));
    assertTrue(err.toString().contains("b is still ACTIVE"), err.toString());
  }

  @Test
  void a_wait_for_one_that_is_down_or_gone_ends_at_once_and_says_what_to_do() {
    node.show(
        Optional.of(node.id),
        true,
        AdminNode.member(1, MemberState.ACTIVE),
        AdminNode.member(2, MemberState.DOWN));
    assertEquals(1, run(new DrainCommand(), "b", "--wait", "--timeout", "60", "--data", folder()));
    assertTrue(err.toString().startsWith("b is down, so nobody can tell"), err.toString());
    assertTrue(err.toString().contains("appliance node remove b"), err.toString());
    node.removesOnDrain = true;
    assertEquals(1, run(new DrainCommand(), "b", "--wait", "--timeout", "60", "--data", folder()));
    assertTrue(err.toString().contains("b is no member any more"), err.toString());
  }

  @Test
  void a_wait_for_one_that_somebody_resumes_meanwhile_ends_and_says_so() {
    node.show(
        Optional.of(node.id),
        true,
        AdminNode.member(1, MemberState.ACTIVE),
        AdminNode.member(2, MemberState.DRAINING));
    CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(
        () -> run(new NodeCommand(), "remove", "b", "--timeout", "600", "--data", folder()));
    Await.until("it was seen to drain", () -> !node.commands.isEmpty() && node.looks.get() > 5);
    node.show(
        Optional.of(node.id),
        true,
        AdminNode.member(1, MemberState.ACTIVE),
        AdminNode.member(2, MemberState.ACTIVE));
    Await.until("it ends", exit::isDone);
    assertEquals(1, exit.join(), out.toString());
    assertTrue(err.toString().startsWith("b was resumed by somebody else"), err.toString());
    assertEquals(List.of("drain b"), node.commands);
  }

  @Test
  void a_removal_of_one_that_ends_while_it_drains_does_not_wait_for_it() {
    CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(
        () -> run(new NodeCommand(), "remove", "b", "--timeout", "60", "--data", folder()));
    Await.until("it is told", () -> !node.commands.isEmpty());
    node.show(
        Optional.of(node.id),
        true,
        AdminNode.member(1, MemberState.ACTIVE),
        AdminNode.member(2, MemberState.DOWN));
    assertEquals(1, exit.join(), out.toString());
    assertTrue(err.toString().contains("b is down"), err.toString());
    assertEquals(List.of("drain b"), node.commands);
    assertEquals(0, run(new NodeCommand(), "remove", "b", "--data", folder()), err.toString());
    assertEquals(List.of("drain b", "remove b"), node.commands);
  }

  @Test
  void what_force_may_cost_is_told_before_and_differs_with_and_without_a_majority() {
    String[] promote = {"a", "--force", "--yes", "--data", folder()};
    assertEquals(0, run(new PromoteCommand(), promote), err.toString());
    assertTrue(out.toString().contains("that a's position does not have may be missing"));
    assertFalse(out.toString().contains("new-identity"), "the others are needed as they are");
    node.show(Optional.empty(), false, AdminNode.member(1, MemberState.ACTIVE));
    assertEquals(0, run(new PromoteCommand(), promote), err.toString());
    assertTrue(out.toString().contains("run 'appliance new-identity'"), out.toString());
    assertEquals(List.of("promote a", "recover a"), node.commands);
  }

  @Test
  void a_refusal_is_shown_as_the_cluster_said_it() {
    node.refusal = Optional.of("no quorum");
    assertEquals(5, run(new DrainCommand(), "b", "--data", folder()));
    assertEquals("The node refused: no quorum\n", err.toString());
    assertEquals(5, run(new DrainCommand(), "nobody", "--data", folder()));
    assertTrue(err.toString().contains("there are: a, b"), err.toString());
  }

  @Test
  void https_is_believed_by_its_fingerprint_alone(@TempDir Path wide) throws Exception {
    try (AdminNode secure = new AdminNode(wide, 1, "0.0.0.0:0", new HashMap<>())) {
      assertEquals("https", secure.url().getScheme());
      assertEquals(secure.url().getPort(), secure.shownUrl().getPort());
      assertEquals(
          0, run(new StatusCommand(), "--json", "--data", wide.toString()), err.toString());
      Path address = wide.resolve("admin.address");
      String json = Files.readString(address);
      char first = secure.fingerprint().charAt(0);
      Files.writeString(
          address,
          json.replace(
              secure.fingerprint(),
              (first == '0' ? '1' : '0') + secure.fingerprint().substring(1)));
      assertEquals(6, run(new StatusCommand(), "--data", wide.toString()));
      assertTrue(err.toString().contains("another certificate"), err.toString());
    }
  }

  @Test
  void another_address_can_be_given() {
    String address = "127.0.0.1:" + node.url().getPort();
    assertEquals(0, run(new StatusCommand(), "--admin", address, "--data", folder()));
    assertEquals(2, run(new StatusCommand(), "--admin", "a b", "--data", folder()));
    assertEquals(2, run(new StatusCommand(), "--admin", "10.0.0.9:80", "--data", folder()));
  }
}
