package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.runtime.ExitCode;
import appliance.testing.Await;
import appliance.testing.Finished;
import appliance.testing.Folders;
import appliance.testing.NodeProcess;
import appliance.testing.NodeSettings;
import appliance.testing.Scenario;
import appliance.trust.JoinSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The life of a cluster as docs/OPERATING.md tells it, with its commands. */
@Tag("scenario")
final class MachinesComeAndGoTest {

  @RegisterExtension
  final Scenario scenario = new Scenario();

  private NodeProcess web1;
  private NodeProcess web2;
  private NodeProcess web3;

  @BeforeEach
  void prepare() {
    NodeSettings first = settings("web1");
    web1 = scenario.owns(new NodeProcess(first.with("--secret-file", "")));
    web2 = joiner("web2");
    web3 = joiner("web3");
  }

  /** As the service has them: the commands find the node by the variable alone. */
  private NodeSettings settings(String name) {
    NodeSettings settings = NodeSettings.of(name, scenario.folder(name));
    return settings.withEnvironment("APPLIANCE_DATA", settings.data().toString());
  }

  /** A node without a secret that looks for the first one. */
  private NodeProcess joiner(String name) {
    return scenario.owns(new NodeProcess(
        settings(name).withPeers(List.of(web1.settings())).with("--secret-file", "")));
  }

  @Test
  void machines_are_let_in_cloned_removed_and_lost_for_good() throws Exception {
    web1.startAndAwait();
    who_has_another_secret_is_refused();
    who_has_none_waits_until_it_is_approved();
    who_has_the_secret_is_let_in();
    NodeProcess clone = a_clone_is_refused_until_it_has_a_new_identity();
    a_removed_node_is_told_so(clone);
    the_last_of_three_goes_on_by_force();
  }

  private void who_has_another_secret_is_refused() {
    NodeProcess wrong =
        scenario.owns(new NodeProcess(settings("wrong").withPeers(List.of(web1.settings()))));
    wrong.start();
    assertRefused(wrong, "the join secret is not this cluster's");
  }

  private void who_has_none_waits_until_it_is_approved() throws Exception {
    web2.start();
    Await.until("it says what to run", () -> web2.log().contains("appliance approve "));
    assertTrue(command(web1, "pending").contains("web2 at 127.0.0.1"));
    Finished unknown = web1.command("approve", "web7");
    assertEquals(ExitCode.CLUSTER.number(), unknown.exitCode());
    assertTrue(unknown.output().contains("no node 'web7' asks"), unknown.output());
    assertTrue(web2.isAlive());
    assertEquals(1, members(web1).size());

    String fingerprint =
        web2.log().split("appliance approve ", 2)[1].lines().findFirst().orElse("");
    command(web1, "approve", fingerprint.strip());
    web2.awaitActive();
  }

  private void who_has_the_secret_is_let_in() throws Exception {
    give(web3, command(web2, "secret"));
    web3.start().awaitActive();
    awaitVoters(3);
  }

  /** As {@code cp -a} of a machine's disk while it runs makes one. */
  private NodeProcess a_clone_is_refused_until_it_has_a_new_identity() throws Exception {
    NodeProcess clone = joiner("web4");
    Folders.copy(web2.settings().data(), clone.settings().data());
    clone.start();
    assertRefused(clone, "appliance new-identity");
    assertTrue(clone.log().contains("is a copy"), clone.logTail());
    Await.until(
        "nothing is disturbed",
        () -> "ACTIVE".equals(web1.member("web2").get("state").getAsString()));

    assertTrue(command(clone, "new-identity").contains("joins as a new node"));
    clone.start().awaitActive();
    assertNotEquals(id("web2"), id("web4"));
    awaitMembers(List.of("web1", "web2", "web3", "web4"));
    return clone;
  }

  private void a_removed_node_is_told_so(NodeProcess removed) throws Exception {
    String before = secret(web1);
    String said = command(web1, "node", "remove", removed.name());
    assertTrue(said.contains("web4 drains."), said);
    assertTrue(said.contains("web4 is removed, and a new join secret is being made"), said);
    awaitMembers(List.of("web1", "web2", "web3"));
    Await.until(
        "a secret that the removed one never learns", () -> !secret(web1).equals(before));
    assertEquals(before, secret(removed));
    removed.kill9();

    removed.start();
    assertRefused(removed, "this node (web4) is no member any more: removed on web1 from ");
  }

  private void the_last_of_three_goes_on_by_force() throws Exception {
    awaitVoters(3);
    web2.kill9();
    web3.kill9();
    Await.until("no majority", () -> !web1.status().get("quorum").getAsBoolean());
    Finished unsure = web1.command("recover", "--force-new-cluster");
    assertTrue(unsure.output().contains("Nothing was done."), unsure.output());
    String stakes = command(web1, "recover", "--force-new-cluster", "--yes");
    assertTrue(stakes.contains("LOG INDEX") && stakes.contains("web3"), stakes);
    Await.until("web1 is master again", () -> web1.master().equals("web1"));

    web2.start();
    assertRefused(web2, "goes on without this node");
    give(web2, secret(web1));
    web2.start("--new-identity").awaitActive();
    Await.until("web1 is its master", () -> web2.master().equals("web1"));
  }

  private static void assertRefused(NodeProcess node, String words) {
    assertEquals(ExitCode.CLUSTER.number(), node.awaitExit(), node.logTail());
    assertTrue(node.log().contains(words), node.logTail());
  }

  /** What a command prints that is expected to do its work. */
  private static String command(NodeProcess node, String... words) {
    Finished finished = node.command(words);
    assertEquals(0, finished.exitCode(), finished.output());
    return finished.output();
  }

  private static String secret(NodeProcess node) throws IOException {
    return Files.readString(node.settings().data().resolve(JoinSecret.FILE));
  }

  /** As {@code --secret-file} would. */
  private static void give(NodeProcess node, String secret) throws IOException {
    Files.createDirectories(node.settings().data());
    Files.writeString(node.settings().data().resolve(JoinSecret.FILE), secret);
  }

  private String id(String name) throws IOException {
    return web1.member(name).get("id").getAsString();
  }

  private static List<String> members(NodeProcess node) throws IOException {
    return node.status().getAsJsonArray("members").asList().stream()
        .map(member -> member.getAsJsonObject().get("name").getAsString())
        .sorted()
        .toList();
  }

  private void awaitMembers(List<String> names) {
    Await.until(
        "the members are " + names,
        Await.DEADLINE,
        web1::status,
        () -> members(web1).equals(names));
  }

  private void awaitVoters(int voters) {
    Await.until(
        voters + " voters",
        Await.DEADLINE,
        web1::status,
        () -> web1.member("web1").getAsJsonObject("cluster").get("voters").getAsInt() == voters);
  }
}
