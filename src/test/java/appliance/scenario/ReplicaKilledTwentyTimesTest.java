package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import appliance.testing.NodeProcess;
import appliance.testing.NodeSettings;
import appliance.testing.Replica;
import appliance.testing.Scenario;
import appliance.testing.TestDatabase;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node dies at any moment of a write load, twenty times over, and its replica loses nothing and
 * repeats nothing.
 */
@Tag("scenario")
final class ReplicaKilledTwentyTimesTest {

  private static final Logger log = LoggerFactory.getLogger(ReplicaKilledTwentyTimesTest.class);
  private static final int KILLS = 20;
  private static final int ALIVE_MILLIS_MAX = 2_000;
  private static final List<String> TABLES = List.of("account", "posting", "event", "counter");

  @RegisterExtension
  final Scenario scenario = new Scenario();

  private TestDatabase database;

  @BeforeEach
  void start() throws Exception {
    database = TestDatabase.start(scenario);
    WriteLoad.createTables(database);
  }

  @Test
  void a_replica_killed_twenty_times_under_writes_equals_the_master() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    log.info("-Dseed={} gives the same moments", seed);
    Random random = new Random(seed);
    NodeSettings settings = NodeSettings.of("node1", scenario.folder("node1"));
    NodeProcess node = scenario.owns(new NodeProcess(database.configure(settings)));

    try (WriteLoad load = new WriteLoad(database, seed)) {
      load.start();
      for (int i = 0; i < KILLS; i++) {
        node.start();
        // Half of the kills anywhere from the JVM's first moment, half while it follows the binlog.
        if (i % 2 == 1) {
          node.awaitActive();
        }
        Await.pause(random.nextInt(ALIVE_MILLIS_MAX));
        assertTrue(node.isAlive(), "it ended by itself");
        node.kill9();
      }
      node.startAndAwait();
      load.end();
      assertTrue(load.transactions() > 1_000, "only " + load.transactions() + " transactions");
      log.info("{} transactions, {} kills", load.transactions(), KILLS);
    }
    for (String table : TABLES) {
      assertSameRows(node, table);
    }
  }

  private void assertSameRows(NodeProcess node, String table) throws Exception {
    String query = "SELECT * FROM " + table + " ORDER BY 1, 2, 3";
    List<List<String>> master = database.rows(query);
    Await.until(
        table + " equals the master's",
        Await.DEADLINE,
        () -> difference(master, Replica.of(node).rows(query)),
        () -> master.equals(Replica.of(node).rows(query)));
    assertEquals(master, Replica.of(node).rows(query));
  }

  private static String difference(List<List<String>> master, List<List<String>> replica) {
    for (int i = 0; i < Math.min(master.size(), replica.size()); i++) {
      if (!master.get(i).equals(replica.get(i))) {
        return "row " + i + ": master " + master.get(i) + ", replica " + replica.get(i);
      }
    }
    return master.size() + " rows on the master, " + replica.size() + " on the replica";
  }
}
