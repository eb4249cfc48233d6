package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jgroups.ObjectMessage;
import org.jgroups.protocols.raft.AppendEntriesRequest;
import org.jgroups.protocols.raft.InternalCommand;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.raft.util.CommitTable;
import org.jgroups.util.Util;
import org.junit.jupiter.api.Test;

/** What a leader does that is deposed, or whose disk fails, in the middle of something. */
final class FailingRaftTest extends OneRaft {

  /** Has the raft thread wait, until the test lets go of {@link ExactRaft#exclusion}. */
  private void holdThread() throws Exception {
    raft.exclusion().lock();
    raft.greet(List.of());
    Await.until("the thread has taken that", () -> raft.processingQueueSize() == 0);
  }

  @Test
  void who_is_deposed_in_the_middle_of_a_batch_appends_nothing_behind_what_the_next_leader_sent()
      throws Exception {
    append(first, 1, 0, 0, entries(1, "one"), 0);
    raft.setLeaderAndTerm(self, 2);
    CompletableFuture<byte[]> own;
    holdThread();
    try {
      byte[] command = "own".getBytes(StandardCharsets.UTF_8);
      own = raft.setAsync(command, 0, command.length, null);
      raft.up(new ObjectMessage(self, entries(3, "two of C"))
          .setSrc(second)
          .putHeader(raft.getId(), new AppendEntriesRequest(second, 3, 1, 1, 3, 0)));
    } finally {
      raft.exclusion().unlock();
    }
    Await.until("the next leader's entry is there", () -> raft.log().lastAppended() >= 2);
    assertThrows(ExecutionException.class, () -> own.get(60, TimeUnit.SECONDS));
    raft.alone(() -> {}); // behind all that the thread had to do
    assertEquals(2, raft.log().lastAppended());
    assertEquals(3, raft.log().get(2).term());
  }

  @Test
  void a_leader_whose_log_has_failed_sends_nothing_in_the_place_of_what_it_could_not_write()
      throws Exception {
    append(first, 1, 0, 0, entries(1, "one"), 0);
    raft.setLeaderAndTerm(self, 2);
    broken = true;
    CompletableFuture<byte[]> lost = raft.setAsync(new byte[] {1}, 0, 1, null);
    Await.until("the log has failed", () -> !failures.isEmpty());
    broken = false;
    raft.alone(() -> {}); // behind all that the thread had to do
    assertFalse(lost.isDone(), "acknowledged");
    answers.clear();
    raft.alone(() -> answers.add("the next command"));
    raft.sendAppendEntriesMessage(second, new CommitTable.Entry(1));
    assertEquals(List.of(), answers);
    long term = raft.currentTerm();
    assertThrows(IllegalStateException.class, () -> raft.createNewTerm());
    assertEquals(term, raft.currentTerm(), "and calls no election");
  }

  private LogEntries vote(long term, String name) throws Exception {
    InternalCommand more = new InternalCommand(InternalCommand.Type.addServer, name);
    byte[] command = Util.streamableToByteBuffer(more);
    return new LogEntries().add(new LogEntry(term, command, 0, command.length, true));
  }

  @Test
  void a_change_of_the_voters_that_could_not_be_kept_is_applied_after_the_next_start()
      throws Exception {
    append(first, 1, 0, 0, vote(1, "D"), 0);
    broken = true;
    commit(first, 1, 1);
    assertEquals(1, failures.size(), "" + failures);
    assertEquals(0, raft.commitIndex(), "what lies in the data folder is older");
    raft.stop();
    broken = false;
    raft = raft();
    start();
    commit(first, 1, 1);
    assertEquals(0, raft.commitIndex(), "nobody has confirmed it in this run");
    append(first, 1, 0, 0, vote(1, "D"), 1);
    assertEquals(1, raft.commitIndex());
    assertTrue(raft.members().contains("D"));
  }
}
