package appliance.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.Epoch;
import appliance.model.MemberState;
import appliance.testing.ClusterProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member in a JVM of its own that is killed with -9. */
final class KilledNodeTest {

  @TempDir
  Path folder;

  private Lab lab;

  @BeforeEach
  void set_up() {
    lab = new Lab(folder, "test");
  }

  @AfterEach
  void tear_down() {
    lab.close();
  }

  @Test
  void a_killed_master_is_replaced_and_returns_as_another_member() throws Exception {
    List.of("a", "b", "c").forEach(lab::seat);
    Process a = process("a");
    try {
      Lab.await("the founder", () -> says("a", "master=a"));
      Cluster b = lab.start("b");
      Cluster c = lab.start("c");
      Lab.awaitAgreement(3, b, c);
      Lab.awaitVoters(3, b, c);
      Epoch before = b.views().get().epoch();

      a.destroyForcibly().waitFor();
      Lab.awaitAgreement(2, b, c);
      assertTrue(b.views().get().epoch().compareTo(before) > 0);
      assertEquals(MemberState.DOWN, Lab.state(b, "a"));

      a = process("a");
      Lab.awaitAgreement(3, b, c);
      assertEquals("b", Lab.master(c));
    } finally {
      a.destroyForcibly().waitFor();
    }
  }

  @Test
  void a_founder_that_is_killed_right_after_a_join_and_returns_leaves_nobody_without_a_master()
      throws Exception {
    List.of("a", "b").forEach(lab::seat);
    Process a = process("a");
    try {
      Lab.await("the founder", () -> says("a", "master=a"));
      Cluster b = lab.start("b");
      a.destroyForcibly().waitFor(); // with the vote of the other just on its way
      a = process("a");
      Lab.awaitAgreement(2, b);
      Lab.awaitVoters(2, b);
    } finally {
      a.destroyForcibly().waitFor();
    }
  }

  private Process process(String node) throws IOException {
    String peers = List.of("a", "b", "c").stream()
        .filter(peer -> !peer.equals(node))
        .map(peer -> lab.seat(peer).address().toString())
        .collect(Collectors.joining(","));
    Files.createDirectories(lab.seat(node).data());
    Files.writeString(
        lab.seat(node).data().resolve("node.id"), lab.seat(node).id().toString());
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            ClusterProcess.class.getName(),
            "test",
            node,
            lab.seat(node).data().toString(),
            "127.0.0.1",
            String.valueOf(lab.seat(node).port()),
            peers,
            "safe")
        .redirectErrorStream(true)
        .redirectOutput(output(node).toFile())
        .redirectInput(ProcessBuilder.Redirect.PIPE)
        .start();
  }

  private Path output(String node) {
    return folder.resolve(node + ".log");
  }

  private boolean says(String node, String text) {
    try {
      return Files.exists(output(node)) && Files.readString(output(node)).contains(text);
    } catch (IOException e) {
      return false;
    }
  }
}
