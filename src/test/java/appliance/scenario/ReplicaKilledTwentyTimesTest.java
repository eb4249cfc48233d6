package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import appliance.testing.NodeProcess;
import appliance.testing.NodeSettings;
import appliance.testing.Replica;
import appliance.testing.Scenario;
import appliance.testing.Seed;
import appliance.testing.TestDatabase;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
  private static final int FOLLOWING_MILLIS_MAX = 1_000;
  private static final String SNAPSHOT_BEGINS = "The replica takes a snapshot";
  private static final Pattern SNAPSHOT_COMPLETE = Pattern.compile("Copied \\d+ rows of");
  private static final String FOLLOWS = "The replica follows its master";
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
    long seed = Seed.next();
    log.info("-Dseed={} gives the same moments", seed);
    Random random = new Random(seed);
    NodeSettings settings = NodeSettings.of("node1", scenario.folder("node1"));
    NodeProcess node = scenario.owns(new NodeProcess(database.configure(settings)));

    try (WriteLoad load = new WriteLoad(database, seed)) {
      load.start();
      for (int i = 0; i < KILLS; i++) {
        int written = node.log().length();
        node.start();
        // Half of the kills anywhere from the JVM's first moment, half while it follows the binlog.
        if (i % 2 == 1) {
          Await.until(
              "it follows its master",
              Await.DEADLINE,
              node::logTail,
              () -> node.log().indexOf(FOLLOWS, written) >= 0);
          Await.pause(random.nextInt(FOLLOWING_MILLIS_MAX));
        } else {
          Await.pause(random.nextInt(ALIVE_MILLIS_MAX));
        }
        assertTrue(node.isAlive(), "it ended by itself");
        node.kill9();
      }
      load.end(); // a node that comes back under writes has been seen ten times
      node.startAndAwait();
      assertTrue(load.transactions() > 1_000, "only " + load.transactions() + " transactions");
      log.info(
          "{} transactions, {} deadlocks, {} kills", load.transactions(), load.deadlocks(), KILLS);
    }
    assertNoSnapshotAfterTheFirst(node.log());
    for (String table : TABLES) {
      assertSameRows(node, table);
    }
  }

  /** Without this, a replica that forgets all and copies anew at each start would pass. */
  private static void assertNoSnapshotAfterTheFirst(String nodeLog) {
    Matcher complete = SNAPSHOT_COMPLETE.matcher(nodeLog);
    assertTrue(complete.find(), "no snapshot was completed");
    int again = nodeLog.indexOf(SNAPSHOT_BEGINS, complete.end());
    assertTrue(
        again < 0,
        () -> "a second snapshot: " + nodeLog.substring(again).lines().findFirst());
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
