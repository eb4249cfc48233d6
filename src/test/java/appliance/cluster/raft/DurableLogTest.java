package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Folders;
import appliance.testing.Seed;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an end at any moment leaves of the log's files, and what is made of it. */
final class DurableLogTest {

  @TempDir
  Path folder;

  private final List<String> failures = new ArrayList<>();
  private boolean broken;
  private DurableLog log;

  @BeforeEach
  void open() throws Exception {
    log = new DurableLog(folder.resolve("raft"), failures::add, this::force);
    log.open();
  }

  private void force(FileChannel channel) throws IOException {
    if (broken) {
      throw new IOException("Input/output error");
    }
    channel.force(false);
  }

  @AfterEach
  void close() {
    log.close();
  }

  private void reopen() throws Exception {
    log.close();
    open();
  }

  private Path file(String name) {
    return folder.resolve("raft").resolve(name);
  }

  private void append(long from, long to) {
    LogWriter.append(log, from, to);
  }

  private void snapshot(long index) {
    LogWriter.snapshot(log, index);
  }

  private static ByteBuffer state(long index) {
    return LogWriter.state(index);
  }

  private void assertHolds(long first, long last) {
    assertEquals(first, log.firstAppended());
    assertEquals(last, log.lastAppended());
    for (long index = Math.max(1, first); index <= last; index++) {
      LogEntry entry = log.get(index);
      assertNotNull(entry, "entry " + index);
      assertEquals(LogWriter.TERM, entry.term());
      assertEquals("command " + index, new String(entry.command(), StandardCharsets.UTF_8));
    }
  }

  private String state() {
    return Optional.ofNullable(log.getSnapshot())
        .map(content -> StandardCharsets.UTF_8.decode(content).toString())
        .orElse("none");
  }

  @Test
  void a_shortened_log_holds_the_rest_and_goes_on() throws Exception {
    append(1, 50);
    snapshot(40);
    assertHolds(40, 50);
    append(51, 60);
    reopen();
    assertHolds(40, 60);
    assertEquals("state 40", state());
    snapshot(60);
    reopen();
    assertHolds(60, 60);
    assertEquals(List.of(), failures);
  }

  @Test
  void a_kill_between_the_snapshot_and_the_shortening_applies_nothing_twice() throws Exception {
    append(1, 50);
    log.commitIndex(40);
    log.setSnapshot(state(40));
    reopen();
    assertHolds(40, 50);
    assertEquals(40, log.commitIndex());
  }

  @Test
  void a_commit_index_that_the_power_loss_set_back_does_not_go_behind_the_snapshot()
      throws Exception {
    append(1, 50);
    log.commitIndex(40);
    log.setSnapshot(state(40));
    log.close();
    try (RandomAccessFile metadata = new RandomAccessFile(file("metadata.raft").toFile(), "rw")) {
      metadata.writeLong(7); // what of it had been flushed
    }
    open();
    assertHolds(40, 50);
    assertEquals(40, log.commitIndex());
  }

  @Test
  void a_kill_while_another_nodes_snapshot_is_installed_leaves_it_whole_or_not_there()
      throws Exception {
    append(1, 5);
    log.commitIndex(5);
    log.close();
    Folders.copy(folder.resolve("raft"), folder.resolve("before"));
    open();
    log.receiving(() -> {
      log.setSnapshot(state(200));
      assertEquals("none", state(), "without its place in the log it is nothing yet");
      log.reinitializeTo(200, new LogEntry(LogWriter.TERM, null));
    });
    assertEquals(200, log.lastAppended());
    assertEquals("state 200", state());
    log.close();

    // The new snapshot, and the log as it was: the kill came between the two.
    Files.copy(file("state_snapshot.raft"), folder.resolve("before/state_snapshot.raft"));
    Folders.copy(folder.resolve("before"), folder.resolve("raft"));
    open();
    assertEquals(200, log.firstAppended());
    assertEquals(200, log.lastAppended());
    assertEquals(200, log.commitIndex());
    append(201, 202);
    assertEquals(202, log.lastAppended());
  }

  @Test
  void what_a_kill_left_of_a_snapshot_or_a_shorter_log_is_not_taken_for_one() throws Exception {
    append(1, 50);
    snapshot(10);
    for (String left : List.of("state_snapshot.part", "entries.part")) {
      Files.copy(file("entries.raft"), file(left)); // longer than what will be written there
    }
    reopen();
    assertHolds(10, 50);
    snapshot(49);
    append(51, 51);
    reopen();
    assertHolds(49, 51);
    assertEquals("state 49", state());
  }

  @Test
  void half_an_entry_at_the_end_was_acknowledged_to_nobody_and_goes() throws Exception {
    append(1, 5);
    log.commitIndex(4);
    long whole = end();
    append(6, 6);
    log.close();
    try (RandomAccessFile entries = new RandomAccessFile(file("entries.raft").toFile(), "rw")) {
      entries.seek(whole + 32); // behind the head: the pages of its command had not been flushed
      entries.write(new byte[20]);
    }
    open();
    assertHolds(0, 5);
    append(6, 7);
    reopen();
    assertHolds(0, 7);
  }

  @Test
  void a_damaged_entry_that_was_agreed_on_is_named_and_the_log_is_not_used() throws Exception {
    append(1, 5);
    log.commitIndex(5);
    log.close();
    try (RandomAccessFile entries = new RandomAccessFile(file("entries.raft").toFile(), "rw")) {
      entries.seek(32);
      entries.write(1 + entries.read());
    }
    IOException damage = assertThrows(IOException.class, this::open);
    assertTrue(damage.toString().contains("entry 1 is not whole"), damage.toString());
    assertTrue(damage.toString().contains("appliance new-identity"), damage.toString());
  }

  @Test
  void a_damaged_snapshot_is_named_and_not_used() throws Exception {
    append(1, 5);
    snapshot(5);
    log.close();
    byte[] bytes = Files.readAllBytes(file("state_snapshot.raft"));
    bytes[bytes.length - 1]++;
    Files.write(file("state_snapshot.raft"), bytes, StandardOpenOption.TRUNCATE_EXISTING);
    IOException damage = assertThrows(IOException.class, this::open);
    assertTrue(damage.toString().contains("is damaged, or of an earlier build"), "" + damage);
  }

  @Test
  void the_term_does_not_fall_when_the_log_is_cut_or_replaced() throws Exception {
    append(1, 5);
    log.currentTerm(9);
    log.deleteAllEntriesStartingFrom(3);
    log.receiving(() -> {
      log.setSnapshot(state(20));
      log.reinitializeTo(20, new LogEntry(LogWriter.TERM, null));
    });
    assertEquals(9, log.currentTerm());
    reopen();
    assertEquals(9, log.currentTerm());
  }

  private void assertTakesNothing() {
    assertEquals(1, failures.size(), "told once: " + failures);
    broken = false;
    assertThrows(IllegalStateException.class, () -> append(6, 6));
    assertThrows(IllegalStateException.class, () -> log.votedFor(UUID.randomUUID()));
    assertThrows(IllegalStateException.class, () -> log.currentTerm(11));
    assertThrows(IllegalStateException.class, () -> log.setSnapshot(state(4)));
    assertThrows(IllegalStateException.class, () -> log.truncate(4));
    assertThrows(IllegalStateException.class, () -> log.deleteAllEntriesStartingFrom(5));
    assertThrows(IllegalStateException.class, () -> log.reinitializeTo(9, new LogEntry(9, null)));
    assertTrue(log.failed());
  }

  @Test
  void an_entry_that_could_not_be_forced_is_not_acknowledged_and_nothing_is_from_then_on()
      throws Exception {
    append(1, 5);
    log.commitIndex(4);
    broken = true;
    assertThrows(UncheckedIOException.class, () -> append(6, 6));
    assertTrue(failures.get(0).contains("Input/output error"), "" + failures);
    assertTakesNothing();
    reopen();
    append(log.lastAppended() + 1, 7);
    assertHolds(0, 7);
  }

  private String entriesFile() throws IOException {
    return String.valueOf(Files.readAttributes(file("entries.raft"), "unix:ino").get("ino"));
  }

  @Test
  void what_could_not_be_forced_and_may_be_in_memory_only_is_written_anew_at_the_next_start()
      throws Exception {
    append(1, 5);
    broken = true;
    assertThrows(UncheckedIOException.class, () -> append(6, 6));
    broken = false;
    String doubtful = entriesFile();
    reopen();
    String whole = entriesFile();
    assertNotEquals(doubtful, whole);
    assertHolds(0, 6);
    snapshot(4);
    append(7, 7);
    broken = true;
    assertThrows(UncheckedIOException.class, () -> append(8, 8));
    broken = false;
    doubtful = entriesFile();
    reopen();
    whole = entriesFile();
    assertNotEquals(doubtful, whole);
    assertHolds(4, 8);
    reopen();
    assertEquals(whole, entriesFile(), "once is enough");
  }

  @Test
  void a_vote_that_could_not_be_forced_is_not_given_and_nothing_is_taken_from_then_on() {
    append(1, 5);
    log.commitIndex(4);
    broken = true;
    assertThrows(UncheckedIOException.class, () -> log.votedFor(UUID.randomUUID()));
    assertTakesNothing();
  }

  @Test
  void a_term_that_could_not_be_forced_does_not_begin_and_nothing_is_taken_from_then_on() {
    append(1, 5);
    log.commitIndex(4);
    broken = true;
    assertThrows(UncheckedIOException.class, () -> log.currentTerm(10));
    assertTakesNothing();
  }

  @Test
  void whatever_keeps_an_entry_out_is_final() {
    append(1, 5);
    log.commitIndex(4);
    log.onCommand(command -> {
      throw new OutOfMemoryError("of the test");
    });
    assertThrows(UncheckedIOException.class, () -> append(6, 6));
    log.onCommand(command -> {});
    assertTakesNothing();
  }

  @Test
  void after_the_shortening_it_is_the_new_file_that_is_forced() throws Exception {
    append(1, 50);
    snapshot(40);
    List<Object> forced = new ArrayList<>();
    log.close();
    log = new DurableLog(folder.resolve("raft"), failures::add, channel -> {
      forced.add(channel);
      channel.force(false);
    });
    log.open();
    append(51, 51);
    snapshot(50);
    append(52, 52);
    append(53, 53);
    assertEquals(3, forced.size(), "once for each append");
    assertEquals(2, new HashSet<>(forced).size(), "another file behind the shortening");
  }

  @Test
  void several_entries_of_which_the_first_was_torn_were_acknowledged_to_nobody_and_go()
      throws Exception {
    append(1, 5);
    log.commitIndex(4);
    long whole = end();
    append(6, 8);
    log.close();
    try (RandomAccessFile entries = new RandomAccessFile(file("entries.raft").toFile(), "rw")) {
      entries.seek(whole + 32);
      entries.write(new byte[4]); // its page had not been flushed, those of the next ones had
    }
    open();
    assertHolds(0, 5);
    append(6, 6);
    reopen();
    assertHolds(0, 6);
  }

  @Test
  void killed_at_any_moment_it_opens_with_all_that_was_acknowledged() throws Exception {
    long seed = Seed.next();
    Random random = new Random(seed);
    for (int kill = 0; kill < 4; kill++) {
      log.close();
      long acknowledged = LogWriter.killedAfter(random.nextInt(40), folder.resolve("raft"));
      open();
      String told = "seed " + seed + ", kill " + kill + ", acknowledged " + acknowledged;
      assertTrue(log.lastAppended() >= acknowledged, told + ", there " + log.lastAppended());
      assertHolds(log.firstAppended(), log.lastAppended());
      if (log.firstAppended() > 0) {
        assertEquals("state " + log.firstAppended(), state(), told);
      }
    }
    assertEquals(List.of(), failures);
  }

  /** Where the last entry ends in the file, which is longer by what is reserved. */
  private long end() {
    long bytes = 0;
    for (long index = 1; index <= log.lastAppended(); index++) {
      bytes += 26 + Integer.BYTES + ("command " + index).length();
    }
    return bytes;
  }
}
