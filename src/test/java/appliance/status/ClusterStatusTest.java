package appliance.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.ClusterView;
import appliance.model.Entrants;
import appliance.model.Epoch;
import appliance.model.Health;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.model.Wait;
import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ClusterStatusTest {

  private static final Entrants NOBODY = new Entrants(List.of(), List.of());

  private final Map<String, Source> sources = new LinkedHashMap<>();
  private long nanos;
  private ClusterView view = Members.view();

  @Test
  void every_field_of_the_contract_is_there_for_every_member_whatever_it_told() {
    JsonObject status = read(roster());
    assertEquals(
        List.of(
            "cluster",
            "node",
            "master",
            "epoch",
            "quorum",
            "members",
            "asking",
            "letIn",
            "warnings",
            "readOnly",
            "missing",
            "waitsFor",
            "waitsSince"),
        List.copyOf(status.keySet()));
    assertEquals(3, status.getAsJsonArray("members").size());
    for (JsonElement each : status.getAsJsonArray("members")) {
      JsonObject member = each.getAsJsonObject();
      assertEquals(
          List.of(
              "name",
              "id",
              "address",
              "state",
              "reason",
              "edge",
              "app",
              "database",
              "media",
              "newsAgeMillis"),
          List.copyOf(member.keySet()));
      assertHas(member, "edge", "http", "requests", "active");
      assertHas(member, "app", "url", "healthy", "reason");
      assertHas(member, "database", "engine", "position", "lagMillis", "state");
      assertHas(member, "media", "files", "bytes", "pending");
    }
  }

  private static void assertHas(JsonObject member, String section, String... fields) {
    assertTrue(member.getAsJsonObject(section).keySet().containsAll(Set.of(fields)), section);
  }

  @Test
  void the_first_line_tells_cluster_node_master_epoch_and_quorum() {
    JsonObject status = read(roster());
    assertEquals("shop", status.get("cluster").getAsString());
    assertEquals("a", status.get("node").getAsString());
    assertEquals("a", status.get("master").getAsString());
    assertEquals(7, status.get("epoch").getAsLong());
    assertTrue(status.get("quorum").getAsBoolean());
  }

  @Test
  void without_a_master_the_field_is_null_and_a_warning_says_so() {
    view =
        new ClusterView("shop", Members.A, new Epoch(7), Optional.empty(), false, view.members());
    JsonObject status = read(roster());
    assertTrue(status.get("master").isJsonNull());
    assertTrue(warnings(status).contains("The cluster has no master"), warnings(status));
    assertTrue(warnings(status).contains("majority"), warnings(status));
  }

  @Test
  void which_of_several_applications_do_not_work_is_told_of_a_node_that_does() {
    sources.put(
        "edge",
        () -> Section.builder()
            .text("applicationTroubles", "http://127.0.0.1:3001: connection refused")
            .build());
    JsonObject status = read(roster());
    assertTrue(
        warnings(status)
            .contains("Not all applications of a work: http://127.0.0.1:3001: connection refused."),
        warnings(status));
    JsonObject app = section(status, 0, "app");
    assertTrue(app.get("healthy").getAsBoolean());
    assertTrue(app.get("reason").getAsString().contains("connection refused"));
  }

  @Test
  void media_that_is_suspended_or_lacks_files_is_a_warning() {
    sources.put("media", media(1, "the folder has lost its marker: is it mounted?", ""));
    assertTrue(
        warnings(read(roster()))
            .contains("The media of a needs attention: the folder has lost its marker"),
        warnings(read(roster())));
    sources.put("media", media(1, "", "the disk is full"));
    assertTrue(
        warnings(read(roster()))
            .contains("Files could not be brought to a, the last one x/y.jpg: the disk is full."),
        warnings(read(roster())));
    sources.put("media", media(0, "", "the disk is full"));
    assertFalse(warnings(read(roster())).contains("x/y.jpg"), "all files are here");
    Source full = () -> Section.builder().text("logTrouble", "full").build();
    sources.put("process", full);
    assertTrue(warnings(read(roster())).contains("The log of a needs attention: full."));
    sources.put("edge", () -> Section.builder().text("accessLogFailure", "full").build());
    assertTrue(warnings(read(roster())).contains("The access log of a needs attention: full."));
  }

  @Test
  void certificates_that_end_soon_and_sites_that_are_not_known_are_a_warning() {
    sources.put(
        "edge", () -> Section.builder().text("certificateEnding", "x.pem").build());
    String soon = "A certificate of a ends soon and is not renewed: x.pem.";
    assertTrue(warnings(read(roster())).contains(soon), warnings(read(roster())));
    sources.put(
        "edge", () -> Section.builder().text("certificateProblem", "y.pem").build());
    assertTrue(warnings(read(roster())).contains("The certificates of a need attention: y.pem."));
    sources.put(
        "edge", () -> Section.builder().text("unknownSites", "shop, docs").build());
    assertTrue(warnings(read(roster())).contains("add them to sites there: shop, docs."));
  }

  private static Source media(long pending, String suspended, String failed) {
    return () -> Section.builder()
        .gauge("pending", pending)
        .text("reason", suspended)
        .text("failedPath", "x/y.jpg")
        .text("failedReason", failed)
        .build();
  }

  @Test
  void what_an_operator_has_forced_lately_is_a_warning() {
    sources.put(
        "cluster",
        () -> Section.builder()
            .text("forced", "promoted b by force on a from 127.0.0.1 at 2026-01-01T00:00:00Z")
            .flag("forcedLately", true)
            .build());
    String words = warnings(read(roster()));
    assertTrue(words.contains("in the last 7 days: promoted b by force on a"), words);
    sources.put(
        "cluster",
        () -> Section.builder()
            .text("forced", "long ago")
            .flag("forcedLately", false)
            .build());
    assertTrue(!warnings(read(roster())).contains("forced"), "no longer");
  }

  @Test
  void a_cluster_that_stays_apart_and_a_node_that_is_in_none_are_warnings() {
    sources.put(
        "cluster",
        () -> Section.builder()
            .flag("deaf", true)
            .text("failure", "it was removed")
            .text("apart", "at b:7800 is another one")
            .build());
    String words = warnings(read(roster()));
    assertTrue(words.contains("This node has left the cluster: it was removed."), words);
    assertTrue(words.contains("This node does not hear the other nodes"), words);
    assertTrue(words.contains("another cluster of this name: at b:7800 is another one."), words);
    sources.put(
        "cluster",
        () -> Section.builder()
            .flag("deaf", false)
            .text("failure", "")
            .text("apart", "")
            .build());
    String later = warnings(read(roster()));
    assertTrue(
        !later.contains("cluster of this name") && !later.contains("does not hear"), "no longer");
  }

  @Test
  void own_sections_are_read_now_and_others_as_they_came() {
    sources.put(
        "edge",
        () -> Section.builder().counter("requests", 12).gauge("active", 3).build());
    sources.put("process", () -> Section.builder().text("version", "0.1.0").build());
    Roster roster = roster();
    roster.receive(Members.B, utf8("{\"edge\":{\"requests\":99},\"database\":{\"lagMillis\":40}}"));
    JsonObject status = read(roster);
    assertEquals(12, section(status, 0, "edge").get("requests").getAsLong());
    assertEquals(3, section(status, 0, "edge").get("active").getAsLong());
    assertEquals("0.1.0", section(status, 0, "process").get("version").getAsString());
    assertEquals(99, section(status, 1, "edge").get("requests").getAsLong());
    assertEquals(40, section(status, 1, "database").get("lagMillis").getAsLong());
  }

  @Test
  void nodes_of_different_versions_are_named_with_them_while_they_run() {
    sources.put("process", () -> Section.builder().text("version", "0.1.0").build());
    Roster roster = roster();
    roster.receive(Members.B, utf8("{\"process\":{\"version\":\"0.1.0\"}}"));
    roster.receive(Members.C, utf8("{\"process\":{\"version\":\"0.0.9\"}}"));
    assertTrue(!warnings(read(roster)).contains("versions"), "c is down, whatever it ran");
    roster.receive(Members.B, utf8("{\"process\":{\"version\":\"0.2.0\"}}"));
    String words = warnings(read(roster));
    assertTrue(words.contains("different versions: 0.1.0 (a), 0.2.0 (b). Go on with"), words);
  }

  @Test
  void the_message_of_one_roster_is_understood_by_another() {
    sources.put(
        "media",
        () -> Section.builder()
            .gauge("files", 5)
            .gauge("bytes", 1.5e12)
            .gauge("pending", Double.NaN)
            .text("note", "\"quoted\" \u2028 {ü}")
            .flag("watching", true)
            .build());
    Roster sender = roster();
    Roster receiver = new Roster(new Sources(Map.of()), () -> view, () -> nanos);
    receiver.receive(Members.B, sender.message());
    JsonObject media = section(read(receiver), 1, "media");
    assertEquals(5, media.get("files").getAsLong());
    assertEquals(1.5e12, media.get("bytes").getAsDouble());
    assertEquals(0, media.get("pending").getAsLong());
    assertEquals("\"quoted\" \u2028 {ü}", media.get("note").getAsString());
    assertTrue(media.get("watching").getAsBoolean());
  }

  @Test
  void silence_of_more_than_five_seconds_is_named() {
    Roster roster = roster();
    roster.receive(Members.B, utf8("{\"edge\":{\"requests\":99}}"));
    nanos += Duration.ofSeconds(4).toNanos();
    assertEquals("", member(read(roster), 1).get("reason").getAsString());
    nanos += Duration.ofSeconds(8).toNanos();
    JsonObject silent = member(read(roster), 1);
    assertEquals("no news for 12 s", silent.get("reason").getAsString());
    assertEquals(12_000, silent.get("newsAgeMillis").getAsLong());
    assertEquals(99, silent.getAsJsonObject("edge").get("requests").getAsLong());
  }

  @Test
  void a_member_that_is_down_keeps_the_cluster_s_reason() {
    assertEquals("no heartbeat for 4 s", member(read(roster()), 2).get("reason").getAsString());
    assertTrue(warnings(read(roster())).contains("c is down: no heartbeat for 4 s."));
  }

  @Test
  void an_application_is_seen_by_the_answering_node() {
    JsonObject status = read(roster());
    assertTrue(section(status, 0, "app").get("healthy").getAsBoolean());
    assertEquals("connection refused", section(status, 1, "app").get("reason").getAsString());
    assertEquals("", section(status, 2, "app").get("url").getAsString());
    assertEquals(
        "no application configured", section(status, 2, "app").get("reason").getAsString());
  }

  @Test
  void a_value_of_another_type_cannot_break_the_shape() {
    Roster roster = roster();
    roster.receive(
        Members.B,
        utf8(
            "{\"edge\":{\"requests\":\"many\",\"http\":7},\"name\":{\"x\":1},\"app\":{\"healthy\":true}}"));
    JsonObject member = member(read(roster), 1);
    assertEquals(0, member.getAsJsonObject("edge").get("requests").getAsLong());
    assertEquals("b", member.get("name").getAsString());
    assertEquals(
        "connection refused", member.getAsJsonObject("app").get("reason").getAsString());
  }

  @Test
  void strangers_and_oneself_are_not_believed() {
    Roster roster = roster();
    roster.receive(NodeId.random(), utf8("{\"edge\":{\"requests\":1}}"));
    roster.receive(Members.A, utf8("{\"edge\":{\"requests\":1}}"));
    assertEquals(0, section(read(roster), 0, "edge").get("requests").getAsLong());
  }

  @Test
  void who_left_is_forgotten() {
    Roster roster = roster();
    roster.receive(Members.B, utf8("{\"edge\":{\"requests\":99}}"));
    ClusterView all = view;
    view = Members.view(Members.member(Members.A, "a", MemberState.ACTIVE, ""));
    assertTrue(roster.message().length > 0);
    view = all;
    assertTrue(member(read(roster), 1).get("newsAgeMillis").isJsonNull());
  }

  @Test
  void a_source_that_fails_hides_no_other() {
    sources.put("edge", () -> {
      throw new IllegalStateException("closed");
    });
    sources.put("media", () -> Section.builder().gauge("files", 4).build());
    JsonObject status = read(roster());
    assertEquals(4, section(status, 0, "media").get("files").getAsLong());
    assertTrue(section(status, 0, "edge").get("reason").getAsString().contains("closed"));
  }

  @Test
  void a_node_that_has_not_joined_says_only_that() {
    view = ClusterView.empty("shop", Members.A);
    JsonObject status = read(roster());
    assertEquals("a", status.get("node").getAsString());
    assertEquals(0, status.getAsJsonArray("members").size());
    assertEquals("This node has not joined the cluster yet.", warnings(status));
    assertNull(status.get("reason"));
    Wait wait = new Wait("its approval", "Approve it", Instant.parse("2026-01-02T03:04:05Z"));
    view = ClusterView.empty("shop", Members.A, Optional.of(wait));
    status = read(roster());
    assertEquals(
        "This node has not joined the cluster yet: since 2026-01-02 03:04:05 UTC it waits for its approval. Approve it.",
        warnings(status));
    assertEquals("its approval", status.get("waitsFor").getAsString());
    assertEquals("2026-01-02T03:04:05Z", status.get("waitsSince").getAsString());
  }

  @Test
  void a_node_that_had_to_leave_its_cluster_says_why_and_not_that_it_has_yet_to_join() {
    sources.put(
        "cluster", () -> Section.builder().text("failure", "its disk is full").build());
    view = ClusterView.empty("shop", Members.A);
    assertEquals("This node has left the cluster: its disk is full.", warnings(read(roster())));
  }

  private static Health appOf(NodeId id) {
    return id.equals(Members.A) ? Health.HEALTHY : Health.unhealthy("connection refused");
  }

  private Roster roster() {
    return new Roster(new Sources(sources), () -> view, () -> nanos);
  }

  private JsonObject read(Roster roster) {
    ClusterStatus status =
        new ClusterStatus("a", () -> view, roster, ClusterStatusTest::appOf, () -> NOBODY);
    Gson gson = new com.google.gson.GsonBuilder().serializeNulls().create();
    return gson.toJsonTree(status.read()).getAsJsonObject();
  }

  private static JsonObject member(JsonObject status, int index) {
    return status.getAsJsonArray("members").get(index).getAsJsonObject();
  }

  private static JsonObject section(JsonObject status, int index, String section) {
    return member(status, index).getAsJsonObject(section);
  }

  private static String warnings(JsonObject status) {
    StringBuilder text = new StringBuilder();
    status.getAsJsonArray("warnings").forEach(warning -> text.append(warning.getAsString()));
    return text.toString();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
