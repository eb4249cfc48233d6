package appliance.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import appliance.testing.ListeningSockets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the library does badly with its defaults, looked for in a member in a process of its own. */
final class PitfallsTest {

  private static final int PORTS = 10;

  @RegisterExtension
  final Lab lab = new Lab("test");

  private SeparateNode member(String... options) {
    Cluster a = lab.start("a");
    SeparateNode b = lab.process("b", options);
    b.awaitStarted();
    Await.until(
        "it is in use", () -> Lab.master(a).equals("a") && a.views().get().quorum());
    return b;
  }

  @Test
  void a_member_listens_on_its_own_address_and_its_own_ports_only() throws Exception {
    SeparateNode b = member();
    Set<Integer> ports = new TreeSet<>();
    for (var socket : ListeningSockets.of(b.pid())) {
      assertEquals("127.0.0.1", socket.getAddress().getHostAddress(), "not by the host's name");
      ports.add(socket.getPort());
    }
    int first = lab.seat("b").port();
    assertTrue(ports.contains(first), "the cluster's port is among them: " + ports);
    ports.removeIf(port -> port >= first && port < first + PORTS);
    assertEquals(Set.of(), ports, "beyond " + first + " to " + (first + PORTS - 1));
  }

  @Test
  void a_member_reads_no_xml_of_the_library() throws Exception {
    Path loaded = lab.folder("classes");
    member("-Xlog:class+load:file=" + loaded);
    String classes = Files.readString(loaded);
    assertTrue(classes.contains(" org.jgroups.protocols.TCP "), "the list is whole");
    assertFalse(classes.contains("org.jgroups.conf.XmlConfigurator"), "it parses XML");
  }
}
