package appliance.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.MariaDb;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica of a real master has what the master has. */
@Tag("database")
final class FollowingTest {

  private static MariaDb master;

  @TempDir
  private Path data;

  @BeforeAll
  static void start_a_master() {
    master = MariaDb.start();
  }

  @AfterAll
  static void end_the_master() {
    master.close();
  }

  @BeforeEach
  void empty_the_schema() {
    master.execute("DROP DATABASE IF EXISTS site", "CREATE DATABASE site");
  }

  private Replica replica() {
    return new Replica(master.config("site"), data).awaitCaughtUp();
  }

  @Test
  void rows_of_the_snapshot_and_rows_after_it_are_read_by_name() {
    master.execute(
        "CREATE TABLE site.wp_posts (ID bigint unsigned AUTO_INCREMENT PRIMARY KEY, title text)",
        "INSERT INTO site.wp_posts (title) VALUES ('before')");
    try (Replica replica = replica()) {
      assertEquals("before", replica.text("select title from wp_posts where id = 1"));
      master.execute("INSERT INTO site.wp_posts (title) VALUES ('after')");
      replica.assertEqualsMaster(master);
      assertEquals("after", replica.text("SELECT `title` FROM WP_POSTS WHERE ID = 2"));
    }
  }
}
