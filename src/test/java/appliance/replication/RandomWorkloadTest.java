package appliance.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.MariaDb;
import appliance.testing.Ports;
import appliance.testing.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Whatever is written, and whenever the replica is killed, in the end all tables are equal. */
@Tag("database")
final class RandomWorkloadTest {

  /** With definitions under way; {@code ReplicaKilledTwentyTimesTest} kills a whole node, and more often. */
  private static final int KILLS = 8;

  private static MariaDb master;

  private final long seed = Seed.next();

  @TempDir
  private Path data;

  @BeforeAll
  static void start_a_master() {
    master = MariaDb.start("--sql-mode=", "--innodb-flush-log-at-trx-commit=0");
  }

  @AfterAll
  static void end_the_master() {
    master.close();
  }

  @BeforeEach
  void make_the_schema() {
    LoggerFactory.getLogger(RandomWorkloadTest.class).info("-Dseed={}", seed);
    master.execute("DROP DATABASE IF EXISTS site", "CREATE DATABASE site");
  }

  @Test
  void a_random_mix_of_writes_and_definitions_ends_equal() throws SQLException {
    try (Connection session = master.connect("site")) {
      RandomWorkload workload = new RandomWorkload(session, seed, true);
      workload.begin();
      for (int i = 0; i < 100; i++) {
        workload.step();
      }
      try (Replica replica = new Replica(master.config("site"), data)) {
        for (int i = 0; i < 400; i++) {
          workload.step();
        }
        replica.awaitCaughtUp();
        replica.assertEqualsMaster(master);
        for (int i = 0; i < 300; i++) {
          workload.step();
        }
        replica.assertEqualsMaster(master);
      }
    }
  }

  @Test
  void a_replica_killed_again_and_again_while_it_works_ends_equal() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    AtomicReference<SQLException> failure = new AtomicReference<>();
    Thread writer = new Thread(() -> {
      try (Connection session = master.connect("site")) {
        RandomWorkload workload = new RandomWorkload(session, seed, true);
        workload.begin();
        while (!ended.get()) {
          workload.step();
          Thread.onSpinWait();
        }
      } catch (SQLException e) {
        failure.set(e);
      }
    });
    writer.start();
    Random random = new Random(seed);
    int port = Ports.free();
    for (int i = 0; i < KILLS; i++) {
      Process child = child(port);
      child.waitFor(400 + random.nextInt(1_200), TimeUnit.MILLISECONDS);
      child.destroyForcibly().waitFor();
    }
    ended.set(true);
    writer.join();
    assertEquals(null, failure.get());
    try (Replica replica = new Replica(master.config("site"), data)) {
      replica.awaitCaughtUp();
      replica.assertEqualsMaster(master);
    }
  }

  private Process child(int port) throws IOException {
    Path log = data.resolve("child.log");
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            ReplicaProcess.class.getName(),
            String.valueOf(master.port()),
            Files.createDirectories(data).toString(),
            String.valueOf(port))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }
}
