package appliance.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.GtidPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A crash between an intent, its statement and its end is made good at the next start. */
final class ReplicaStoreTest {

  private static final String INTENT = "INSERT INTO \"appliance_replication\".\"intents\""
      + " (\"kind\", \"table\", \"stage\") VALUES ('REPLACE', 't', 'appliance_stage_t')";

  private static final long UPDATES_NANOS = 7_000_000_000L;
  private static final long PAUSE_NANOS = 500_000;
  private static final int GROWTH_MAX = 5;

  /** More than for how long the file keeps what was replaced. */
  private static final long REUSED_NANOS = 1_500_000_000L;

  @TempDir
  private Path folder;

  @ParameterizedTest
  @CsvSource({"0", "1", "2"})
  void a_replaced_table_is_whole_after_a_crash_at_any_step(int statementsDone) throws SQLException {
    ReplicaFile file = ReplicaFile.open(folder);
    snapshot(file);
    try (Connection connection = file.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE \"site\".\"appliance_stage_t\" AS SELECT 2 AS \"v\"");
      statement.execute(INTENT);
      if (statementsDone > 0) {
        statement.execute("DROP TABLE \"site\".\"t\"");
      }
      if (statementsDone > 1) {
        statement.execute("ALTER TABLE \"site\".\"appliance_stage_t\" RENAME TO \"t\"");
      }
    }
    try (ReplicaStore store = new ReplicaStore(file, "site")) {
      assertEquals("2", text(store, "SELECT \"v\" FROM \"site\".\"t\""));
      assertEquals("0", text(store, "SELECT COUNT(*) FROM \"appliance_replication\".\"intents\""));
    }
    file.shutdown();
  }

  @Test
  void a_snapshot_that_was_cut_off_is_never_taken_for_whole() throws SQLException {
    ReplicaFile file = ReplicaFile.open(folder);
    snapshot(file);
    try (ReplicaStore store = new ReplicaStore(file, "site")) {
      long next = store.beginGeneration();
      fill(store, ReplicaStore.schemaOf(next), 9);
    }
    try (ReplicaStore store = new ReplicaStore(file, "site")) {
      assertEquals("1", text(store, "SELECT \"v\" FROM \"site\".\"t\""));
      assertEquals("0-1-1", store.position().toString());
    }
    file.shutdown();
  }

  @Test
  void a_kill_leaves_a_snapshot_in_the_file_whole_or_the_one_before(@TempDir Path killed)
      throws Exception {
    ReplicaFile file = ReplicaFile.open(folder);
    try (ReplicaStore store = new ReplicaStore(file, "site")) {
      long first = store.beginGeneration();
      fill(store, ReplicaStore.schemaOf(first), 1);
      assertEquals("nothing", left(killed.resolve("filled")));
      TimeUnit.NANOSECONDS.sleep(REUSED_NANOS); // so that the next chunk lies where nobody looks
      store.completeGeneration(first, GtidPosition.parse("0-1-1"), Map.of());
      assertEquals("1 at 0-1-1", left(killed.resolve("complete")));
      long second = store.beginGeneration();
      assertEquals("1 at 0-1-1", left(killed.resolve("begun")));
      fill(store, ReplicaStore.schemaOf(second), 2);
      store.commit();
      assertEquals("1 at 0-1-1", left(killed.resolve("filled-again")));
      TimeUnit.NANOSECONDS.sleep(REUSED_NANOS);
      store.completeGeneration(second, GtidPosition.parse("0-1-2"), Map.of());
      assertEquals("2 at 0-1-2", left(killed.resolve("complete-again")));
    }
    file.shutdown();
  }

  /** What a kill at this moment would leave: the files as they are, while the database is open. */
  private String left(Path killed) throws Exception {
    Files.createDirectories(killed);
    for (String name : List.of("replica.mv.db", "owner.password")) {
      Files.copy(folder.resolve(name), killed.resolve(name));
    }
    ReplicaFile left = ReplicaFile.open(killed);
    try (ReplicaStore store = new ReplicaStore(left, "site")) {
      return store.hasSnapshot()
          ? text(store, "SELECT \"v\" FROM \"site\".\"t\"") + " at " + store.position()
          : "nothing";
    } finally {
      left.shutdown();
    }
  }

  @Test
  void many_updates_of_few_rows_do_not_make_the_file_grow_on_and_on() throws Exception {
    ReplicaFile file = ReplicaFile.open(folder);
    snapshot(file);
    try (ReplicaStore store = new ReplicaStore(file, "site");
        Statement statement = store.connection().createStatement()) {
      statement.execute("CREATE TABLE \"site\".\"many\" AS SELECT X AS \"id\","
          + " RPAD('', 300, 'v' || X) AS \"v\" FROM SYSTEM_RANGE(1, 30000)");
      statement.execute("CREATE UNIQUE INDEX \"site\".\"by_id\" ON \"site\".\"many\" (\"id\")");
      store.commit();
      long loaded = size();
      long largest = update(store, System.nanoTime() + UPDATES_NANOS);
      assertTrue(largest < GROWTH_MAX * loaded, "loaded " + loaded + " bytes, grew to " + largest);
    }
    file.shutdown();
  }

  /** Commits as the applier does, some hundred times a second; returns the file's largest size. */
  private long update(ReplicaStore store, long end) throws Exception {
    Random random = new Random(1);
    long largest = 0;
    try (PreparedStatement update = store
        .connection()
        .prepareStatement("UPDATE \"site\".\"many\" SET \"v\" = ? WHERE \"id\" = ?")) {
      while (System.nanoTime() - end < 0) {
        update.setString(1, "w".repeat(200 + random.nextInt(200)));
        update.setInt(2, 1 + random.nextInt(30_000));
        update.executeUpdate();
        store.commit();
        store.writeIfDue();
        largest = Math.max(largest, size());
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    return largest;
  }

  private long size() throws IOException {
    return Files.size(folder.resolve("replica.mv.db"));
  }

  private static void snapshot(ReplicaFile file) throws SQLException {
    try (ReplicaStore store = new ReplicaStore(file, "site")) {
      long generation = store.beginGeneration();
      fill(store, ReplicaStore.schemaOf(generation), 1);
      store.completeGeneration(generation, GtidPosition.parse("0-1-1"), Map.of());
    }
  }

  private static void fill(ReplicaStore store, String schema, int value) throws SQLException {
    try (Statement statement = store.connection().createStatement()) {
      statement.execute(
          "CREATE TABLE " + SqlNames.quoted(schema, "t") + " AS SELECT " + value + " AS \"v\"");
    }
  }

  private static String text(ReplicaStore store, String query) throws SQLException {
    try (Statement statement = store.connection().createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }
}
