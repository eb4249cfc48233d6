package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jgroups.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of the log that are not what was written to them: a member must not go on from what is left. */
final class DamagedLogTest {

  private static final String ENTRIES = "entries.raft";
  private static final String METADATA = "metadata.raft";
  private static final String SNAPSHOT = "state_snapshot.raft";

  @TempDir
  Path folder;

  private final List<String> failures = new ArrayList<>();
  private DurableLog log;

  /** Fifty entries, of which 48 are agreed on, and the first 40 in a snapshot; a vote. */
  @BeforeEach
  void write() throws Exception {
    log = opened();
    LogWriter.append(log, 1, 50);
    LogWriter.snapshot(log, 40);
    log.commitIndex(48);
    log.votedFor(UUID.randomUUID());
    log.close();
  }

  private DurableLog opened() throws IOException {
    DurableLog fresh = new DurableLog(folder.resolve("raft"), failures::add);
    log = fresh;
    fresh.open();
    return fresh;
  }

  @AfterEach
  void close() {
    log.close();
  }

  private Path file(String name) {
    return folder.resolve("raft").resolve(name);
  }

  /** Does something to the files that no end of the program and no power loss does. */
  private interface Damage {
    void to(Path raft) throws IOException;
  }

  record Case(String what, Damage damage, String told) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static Damage cut(String file, long bytes) {
    return raft -> {
      try (RandomAccessFile open = new RandomAccessFile(raft.resolve(file).toFile(), "rw")) {
        open.setLength(bytes);
      }
    };
  }

  private static Damage overwritten(String file, long at, int... bytes) {
    return raft -> {
      try (RandomAccessFile open = new RandomAccessFile(raft.resolve(file).toFile(), "rw")) {
        open.seek(at);
        for (int b : bytes) {
          open.write(b);
        }
      }
    };
  }

  private static Damage gone(String... files) {
    return raft -> {
      for (String file : files) {
        Files.delete(raft.resolve(file));
      }
    };
  }

  private static Damage both(Damage first, Damage second) {
    return raft -> {
      first.to(raft);
      second.to(raft);
    };
  }

  static Stream<Case> damages() {
    return Stream.of(
        new Case("no entry is left", cut(ENTRIES, 0), "ends with entry 0, and 48"),
        new Case("the last ones are lost", cut(ENTRIES, 200), "and 48 were agreed on"),
        new Case("the entries are gone", gone(ENTRIES), "ends with entry 0, and 48"),
        new Case("an entry's head is lost", overwritten(ENTRIES, 41, 9), "and 48 were agreed on"),
        new Case("the first entry is another", overwritten(ENTRIES, 30, 'x'), "of the snapshot"),
        new Case(
            "a later entry is another", overwritten(ENTRIES, 75, 'x'), "entry 41 is not whole"),
        new Case("the term is cut off", cut(METADATA, 8), "it holds no term"),
        new Case("the numbers are lost", cut(METADATA, 0), "the term 0, and the log"),
        new Case("the numbers are gone", gone(METADATA), "the term 0, and the log"),
        new Case("the vote is cut", cut(METADATA, 25), "no whole vote"),
        new Case("the vote is none", overwritten(METADATA, 16, 0x7f), "no whole vote"),
        new Case("the term is none", overwritten(METADATA, 8, 0xff), "it holds no term"),
        new Case(
            "the term is an earlier one", overwritten(METADATA, 15, 0), "the term 0, and the log"),
        new Case("the snapshot is gone", gone(SNAPSHOT), "begins with entry 40"),
        new Case("the snapshot is cut", cut(SNAPSHOT, 12), "is damaged"),
        new Case("the snapshot is empty", cut(SNAPSHOT, 0), "is damaged"),
        new Case(
            "all is empty",
            both(gone(SNAPSHOT), both(cut(ENTRIES, 0), cut(METADATA, 0))),
            "were not before"),
        new Case("all is gone", gone(SNAPSHOT, ENTRIES, METADATA), "were not before"));
  }

  @ParameterizedTest
  @MethodSource("damages")
  void it_is_named_with_the_way_back_at_each_start(Case damaged) throws IOException {
    damaged.damage().to(folder.resolve("raft"));
    for (int start = 1; start <= 2; start++) {
      IOException refused = assertThrows(IOException.class, this::opened);
      log.close();
      String told = String.valueOf(refused.getMessage());
      assertTrue(told.contains(damaged.told()), told);
      assertTrue(told.contains(".raft") && told.contains("appliance new-identity"), told);
    }
    assertEquals(List.of(), failures);
  }

  @Test
  void files_that_this_node_may_not_use_are_named() throws IOException {
    Files.delete(file(ENTRIES));
    Files.createDirectory(file(ENTRIES)); // stops root, too
    IOException refused = assertThrows(IOException.class, this::opened);
    String told = String.valueOf(refused.getMessage());
    assertTrue(told.contains("cannot be read or written") && told.contains(ENTRIES), told);
  }

  @Test
  void a_vote_that_had_not_been_forced_when_the_power_failed_was_given_to_nobody_and_goes()
      throws IOException {
    overwritten(METADATA, 16, new int[30]).to(folder.resolve("raft"));
    cut(METADATA, 46).to(folder.resolve("raft"));
    assertEquals(null, opened().votedFor());
    assertEquals(50, log.lastAppended());
    assertEquals(16, Files.size(file(METADATA)));
  }
}
