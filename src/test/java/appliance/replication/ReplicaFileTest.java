package appliance.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
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

  private String password() throws SQLException {
    ReplicaFile file = ReplicaFile.open(folder);
    file.shutdown();
    return file.readerPassword();
  }
}
