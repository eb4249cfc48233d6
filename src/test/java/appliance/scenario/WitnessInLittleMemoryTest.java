package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import appliance.testing.MemoryLimit;
import appliance.testing.NodeProcess;
import appliance.testing.NodeSettings;
import appliance.testing.Scenario;
import appliance.testing.WitnessProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two nodes that serve and a witness that has 64 MiB: one of the two may fail, again and again. The JVM's
 * files are in memory by then, read by the two: what counts is what the witness has of its own. The property
 * {@code witness.memory} sets another limit, in MiB; with 40 the test fails.
 */
@Tag("scenario")
final class WitnessInLittleMemoryTest {

  private static final int LIMIT = Integer.getInteger("witness.memory", 64);
  private static final int KILLS = 4;
  private static final int VOTERS = 3;

  @RegisterExtension
  final Scenario scenario = new Scenario();

  private final List<NodeProcess> nodes = new ArrayList<>();
  private MemoryLimit limit;
  private WitnessProcess witness;

  @Test
  void a_witness_in_64_MiB_votes_for_the_one_that_is_left() {
    for (int kill = 1; kill <= KILLS; kill++) {
      killTheMaster();
      if (kill == KILLS / 2) {
        witness.close();
        witness.start();
        awaitVoters();
      }
    }
    assertTrue(witness.isAlive(), witness.told());
    assertEquals(0, limit.killed(), "by the kernel");
    long peak = limit.peakMebibytes();
    assertTrue(peak <= LIMIT, "the limit was none: " + peak + " MiB");
  }

  @BeforeEach
  void start() {
    Optional<MemoryLimit> made = MemoryLimit.of(LIMIT);
    Assumptions.assumeTrue(
        made.isPresent(),
        "skipped: no control group with a limit of memory can be made here; it takes root, and"
            + " /sys/fs/cgroup writable");
    limit = scenario.owns(made.orElseThrow());
    List<NodeSettings> all = new ArrayList<>();
    for (String name : List.of("node1", "node2", "witness")) {
      all.add(NodeSettings.of(name, scenario.folder(name)));
    }
    for (NodeSettings settings : all.subList(0, 2)) {
      nodes.add(scenario.owns(new NodeProcess(settings.withPeers(all))));
    }
    witness = scenario.owns(new WitnessProcess(all.get(2).withPeers(all), limit));
    nodes.forEach(NodeProcess::startAndAwait);
    witness.start();
    awaitVoters();
  }

  /** Only then does the next kill leave a majority. */
  private void awaitVoters() {
    for (NodeProcess node : nodes) {
      Await.until(node.name() + " knows three voters", Await.DEADLINE, this::told, () -> {
        assertTrue(witness.isAlive(), "the witness ended by itself");
        return voters(node) == VOTERS && witnessIsThere(node);
      });
    }
  }

  private static long voters(NodeProcess node) throws IOException {
    return node.member(node.name()).getAsJsonObject("cluster").get("voters").getAsLong();
  }

  private static boolean witnessIsThere(NodeProcess node) throws IOException {
    return node.member("witness").get("state").getAsString().equals("WITNESS");
  }

  private String told() {
    return "killed by the kernel: " + limit.killed() + "\n" + witness.told();
  }

  private void killTheMaster() {
    NodeProcess master = master();
    NodeProcess other = nodes.get(1 - nodes.indexOf(master));
    master.kill9();
    Await.until(
        other.name() + " is master",
        Await.DEADLINE,
        this::told,
        () -> other.name().equals(other.master()));
    master.startAndAwait();
    awaitVoters();
  }

  private NodeProcess master() {
    NodeProcess[] found = new NodeProcess[1];
    Await.until("a master", Await.DEADLINE, this::told, () -> {
      for (NodeProcess node : nodes) {
        if (node.name().equals(node.master())) {
          found[0] = node;
        }
      }
      return found[0] != null;
    });
    return found[0];
  }
}
