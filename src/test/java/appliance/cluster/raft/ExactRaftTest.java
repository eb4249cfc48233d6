package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.EmptyMessage;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.protocols.raft.AppendEntriesResponse;
import org.jgroups.protocols.raft.AppendResult;
import org.jgroups.protocols.raft.InstallSnapshotRequest;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.raft.util.CommitTable;
import org.junit.jupiter.api.Test;

/** One follower that gets messages of two leaders by hand: where the library departs from the paper. */
final class ExactRaftTest extends OneRaft {

  @Test
  void entries_that_only_an_isolated_leader_had_are_not_applied_when_the_next_one_commits() {
    append(first, 1, 0, 0, entries(1, "one", "two of B", "three of B"), 1);
    assertEquals(List.of("one"), applied);

    commit(second, 2, 3);
    assertEquals(List.of("one"), applied, "nobody has confirmed two and three in this term");
    assertTrue(last().contains("index=1"), last());

    append(second, 2, 1, 1, entries(2, "two of C", "three of C"), 3);
    assertEquals(List.of("one", "two of C", "three of C"), applied);
    assertTrue(last().contains("index=3"), last());
  }

  @Test
  void only_what_was_compared_is_acknowledged() {
    append(first, 1, 0, 0, entries(1, "one", "two", "three"), 0);
    append(second, 2, 0, 0, entries(1, "one"), 0);
    assertTrue(last().contains("index=1"), "not three: " + last());
  }

  @Test
  void a_batch_that_overlaps_is_compared_entry_by_entry() {
    append(first, 1, 0, 0, entries(1, "one", "two of B"), 0);
    LogEntries batch = entries(1, "one");
    batch.add(new LogEntry(2, "two of C".getBytes(StandardCharsets.UTF_8)));
    append(second, 2, 0, 0, batch, 2);
    assertEquals(List.of("one", "two of C"), applied);
  }

  @Test
  void a_leader_of_an_earlier_term_is_told_of_the_later_one() {
    append(second, 7, 0, 0, entries(7, "one"), 0);
    append(first, 3, 0, 0, entries(3, "other"), 0);
    assertTrue(last().contains("current_term=7"), last());
    assertEquals(List.of(), applied);
  }

  @Test
  void the_term_on_disk_never_falls() throws Exception {
    append(second, 7, 0, 0, entries(1, "one", "two"), 0);
    append(second, 7, 1, 1, entries(3, "instead of two"), 0);
    raft.stop();
    DurableLog again = new DurableLog(folder.resolve("raft"), reason -> {});
    again.open();
    assertEquals(7, again.currentTerm());
    again.close();
    raft = raft();
    start();
  }

  @Test
  void
      who_comes_hears_of_the_leader_at_once_from_the_one_thread_that_reads_the_log_and_no_view_waits()
          throws Exception {
    append(first, 1, 0, 0, entries(1, "one"), 0);
    raft.setLeaderAndTerm(self, 2);
    Address fourth = address("D");
    raft.exclusion().lock();
    try {
      View next = View.create(second, 2, second, self, first, fourth);
      CompletableFuture.runAsync(() -> raft.handleView(next)).get(60, TimeUnit.SECONDS);
      assertFalse(told.contains(fourth), "the view's thread has read the log");
    } finally {
      raft.exclusion().unlock();
    }
    Await.until("it is told", () -> told.contains(fourth)); // no quiet moment comes here
  }

  private void snapshot(Address leader, long term, long index, long indexTerm) {
    raft.handleUpRequest(
        new BytesMessage(self, new byte[8]).setSrc(leader),
        new InstallSnapshotRequest(term, leader, index, indexTerm));
  }

  @Test
  void a_snapshot_that_comes_late_takes_nothing_away_that_was_acknowledged() {
    append(first, 1, 0, 0, entries(1, "one", "two", "three"), 0);
    snapshot(first, 1, 2, 1);
    assertEquals(List.of("one", "two"), applied);
    assertTrue(last().contains("index=3"), last());
    commit(first, 1, 3);
    assertEquals(List.of("one", "two", "three"), applied);
    snapshot(second, 2, 1, 1);
    assertEquals(3, raft.commitIndex());
    assertTrue(last().contains("index=3"), last());
  }

  private void lacksAll(Address follower) {
    raft.handleUpRequest(
        new EmptyMessage(self).setSrc(follower),
        new AppendEntriesResponse(
            2, new AppendResult(AppendResult.Result.FAIL_ENTRY_NOT_FOUND, 0)));
  }

  private long snapshots() {
    return answers.stream().filter(header -> header.contains("InstallSnapshot")).count();
  }

  @Test
  void however_often_a_newcomer_says_that_it_lacks_all_it_is_sent_the_state_once() {
    append(first, 1, 0, 0, entries(1, "a-command ".repeat(60).split(" ")), 60);
    raft.setLeaderAndTerm(self, 2);
    for (int i = 0; i < 50; i++) {
      lacksAll(second);
    }
    assertEquals(1, snapshots(), "" + answers);
    assertTrue(raft.log().firstAppended() <= 1, "the leader's log is not shortened for it");
  }

  @Test
  void who_would_need_an_entry_before_the_first_one_is_sent_the_state() throws Exception {
    append(first, 1, 0, 0, entries(1, "one", "two", "three"), 3);
    raft.snapshot();
    assertEquals(3, raft.log().firstAppended());
    raft.setLeaderAndTerm(self, 2);
    raft.flushCommitTable();
    raft.flushCommitTable();
    assertEquals(2, snapshots(), "one to each of the two: " + answers);
    raft.setLeaderAndTerm(second, 3);
    raft.setLeaderAndTerm(self, 4);
    raft.flushCommitTable();
    assertEquals(4, snapshots(), "who leads anew waits for no answer of before: " + answers);
    for (Address upToDate : List.of(first, second)) {
      raft.handleUpRequest(
          new EmptyMessage(self).setSrc(upToDate),
          new AppendEntriesResponse(4, new AppendResult(AppendResult.Result.OK, 3)));
    }
    raft.flushCommitTable();
    assertEquals(4, snapshots(), "who has all needs none: " + answers);
  }

  @Test
  void who_lacks_what_nobody_has_agreed_on_gets_the_entries() {
    append(first, 1, 0, 0, entries(1, "a-command ".repeat(60).split(" ")), 0);
    raft.setLeaderAndTerm(self, 2);
    lacksAll(second);
    assertEquals(0, snapshots());
    assertTrue(told.contains(second), "" + answers);
  }

  @Test
  void a_leader_that_has_learned_of_a_later_term_sends_nothing_in_its_name() {
    append(first, 1, 0, 0, entries(1, "one"), 0);
    raft.setLeaderAndTerm(self, 2);
    answers.clear();
    CommitTable.Entry behind = new CommitTable.Entry(1);
    raft.sendAppendEntriesMessage(second, behind);
    assertEquals(1, answers.size(), "" + answers);
    raft.currentTerm(9);
    raft.sendAppendEntriesMessage(second, behind);
    assertEquals(1, answers.size(), "" + answers);
  }

  @Test
  void a_snapshot_of_an_earlier_leader_is_answered_with_the_later_term() {
    append(second, 7, 0, 0, entries(7, "one"), 0);
    snapshot(first, 3, 5, 3);
    assertTrue(last().contains("current_term=7"), last());
    assertEquals(0, raft.commitIndex());
  }

  @Test
  void what_only_an_isolated_leader_had_gives_way_to_a_snapshot() {
    append(first, 1, 0, 0, entries(1, "one", "two of B", "three of B"), 0);
    snapshot(second, 2, 2, 2);
    assertEquals(2, raft.commitIndex());
    assertTrue(last().contains("index=2"), "not three: " + last());
    assertEquals(List.of(), applied, "in place of what the snapshot holds");
  }

  @Test
  void a_snapshot_vouches_for_the_entries_up_to_its_end_and_for_none_behind_it() {
    append(first, 1, 0, 0, entries(1, "one", "two", "three"), 0);
    snapshot(second, 2, 2, 1);
    assertEquals(List.of("one", "two"), applied);
    assertTrue(last().contains("index=2"), "three is of a leader before: " + last());
  }

  @Test
  void an_acknowledgement_that_comes_after_the_end_is_no_fault() {
    raft.setLeaderAndTerm(self, 1);
    assertTrue(raft.isLeader());
    raft.stop();
    Message late = new EmptyMessage(self).setSrc(first);
    AppendResult all = new AppendResult(AppendResult.Result.OK, 1);
    raft.handleUpRequest(late, new AppendEntriesResponse(1, all));
    assertEquals(0, raft.commitIndex());
  }
}
