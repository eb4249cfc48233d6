package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Scenario;
import appliance.testing.lab.Hosts;
import appliance.testing.lab.LabCluster;
import appliance.testing.lab.LabNode;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One writable master, always, on three hosts with an address each, under writes through every node. */
@Tag("scenario")
final class MastershipOnHostsTest {

  @RegisterExtension
  final Scenario scenario = new Scenario();

  private Hosts hosts;

  @BeforeEach
  void make_hosts() {
    Hosts.impossible().ifPresent(why -> Assumptions.abort("skipped: " + why));
    hosts = scenario.owns(Hosts.up(3));
  }

  private LabCluster cluster(String... flags) {
    return scenario
        .owns(new LabCluster(hosts, scenario.folder("lab"), List.of(flags)))
        .start(20);
  }

  private static int other(LabNode node) {
    return node.host() % 3 + 1;
  }

  @Test
  void no_cut_and_no_pause_makes_two_masters_or_loses_a_write() {
    LabCluster cluster = cluster("--failover", "fast");
    LabNode first = cluster.master();
    long epoch = cluster.epoch();
    hosts.lab("isolate", "" + first.host());
    cluster.awaitEpochAfter(epoch);
    assertNotEquals(first.host(), cluster.master().host());
    hosts.lab("heal");
    cluster.awaitWrites();

    LabNode second = cluster.master();
    hosts.lab("oneway", "" + second.host(), "" + other(second));
    LabCluster.sleep(3_000);
    hosts.lab("heal");
    cluster.awaitWrites();

    LabNode third = cluster.master();
    epoch = cluster.epoch();
    third.pause();
    cluster.awaitEpochAfter(epoch);
    third.go();
    cluster.awaitWrites();
    assertEquals(List.of(), cluster.verdict().wrong());
  }

  @Test
  void a_handover_and_an_orderly_end_of_the_master_fail_no_write() {
    LabCluster cluster = cluster();
    List<String> atTheStart = cluster.notDone();
    LabNode first = cluster.master();
    long epoch = cluster.epoch();
    assertEquals(
        0, cluster.command(first, "handover", cluster.node(other(first)).name()));
    cluster.awaitEpochAfter(epoch);
    LabNode second = cluster.master();
    assertEquals(other(first), second.host());
    assertEquals(atTheStart, cluster.notDone());

    epoch = cluster.epoch();
    assertEquals(0, second.terminate());
    cluster.awaitEpochAfter(epoch);
    List<String> failed = cluster.notDone().stream()
        .skip(atTheStart.size())
        .filter(line -> !line.split(" ", -1)[2].equals("" + second.host()))
        .toList();
    assertEquals(List.of(), failed, "through the nodes that went on");
    second.start();
    cluster.awaitWrites();
    assertTrue(cluster.verdict().clean(), cluster.verdict().toString());
  }
}
