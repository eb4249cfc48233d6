package appliance.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReplicaFileTest {

  @TempDir
  private Path folder;

  @BeforeAll
  static void before_h2_is_loaded() {
    ReplicaServer.onlyOnLoopback();
  }

  @Test
  void the_readers_password_stays_over_starts_and_over_a_damaged_replica() throws Exception {
    String first = password();
    assertEquals(first, password());
    Files.writeString(folder.resolve("replica.mv.db"), "no database");
    assertEquals(first, password());
  }

  @Test
  void a_readers_password_that_a_restore_gave_to_others_is_taken_from_them() throws Exception {
    String first = password();
    Path file = folder.resolve("reader.password");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals(first, password());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void a_readers_password_that_is_not_whole_is_made_anew() throws Exception {
    String first = password();
    Files.writeString(folder.resolve("reader.password"), first.substring(1));
    String second = password();
    assertNotEquals(first, second);
    assertEquals(32, second.length());
  }

  @Test
  void a_secret_that_cannot_be_written_leaves_nothing_behind() throws Exception {
    Path file = folder.resolve("url");
    Files.createDirectories(file.resolve("in-its-way"));
    assertThrows(IOException.class, () -> ReplicaFile.writeSecret(file, "secret"));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(file), left.toList());
    }
  }

  @Test
  void a_replica_whose_disk_is_full_is_kept(@TempDir Path disk) throws Exception {
    assumeTrue(
        done("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString()),
        "only root may mount");
    try {
      ReplicaFile file = ReplicaFile.open(disk);
      execute(file, "CREATE TABLE \"kept\" AS SELECT 1 AS \"v\"", "CHECKPOINT SYNC");
      file.shutdown();
      byte[] all = new byte[4 << 20];
      assertThrows(IOException.class, () -> Files.write(disk.resolve("filler"), all));
      try {
        ReplicaFile.open(disk).shutdown();
      } catch (StartFailure e) {
        assertEquals(ExitCode.DATA_FOLDER, e.exitCode());
      }
      Files.delete(disk.resolve("filler"));
      ReplicaFile again = ReplicaFile.open(disk);
      execute(again, "SELECT \"v\" FROM \"kept\"");
      again.shutdown();
    } finally {
      done("umount", "-l", disk.toString());
    }
  }

  private static void execute(ReplicaFile file, String... statements) throws SQLException {
    try (Connection connection = file.connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static boolean done(String... command) throws Exception {
    return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
  }

  private String password() throws SQLException {
    ReplicaFile file = ReplicaFile.open(folder);
    file.shutdown();
    return file.readerPassword();
  }
}
