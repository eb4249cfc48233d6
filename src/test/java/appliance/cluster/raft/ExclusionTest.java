package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.Await;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jgroups.Address;
import org.jgroups.EmptyMessage;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.protocols.raft.Log;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.protocols.raft.election.VoteRequest;
import org.jgroups.stack.Protocol;
import org.jgroups.util.ExtendedUUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Of several threads that come to the log at one time, one uses it; on a real log that tells who does what. */
final class ExclusionTest {

  private static final long QUIET_MILLIS = 10;

  @TempDir
  Path folder;

  private final Address self = address("A");
  private final Address other = address("B");
  private final Set<Thread> readers = ConcurrentHashMap.newKeySet();
  private final CountDownLatch takingBack = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final ExactRaft raft =
      new ExactRaft(List.of("A", "B", "C"), voters -> {}, (bytes, offset, length) -> true);
  private final ReentrantLock exclusion = raft.exclusion();
  private volatile boolean voting;

  @BeforeEach
  void start() throws Exception {
    DurableLog log = new DurableLog(folder.resolve("raft"), reason -> {});
    log.open();
    log.currentTerm(1);
    LogEntries one = new LogEntries();
    log.append(1, one.add(new LogEntry(1, "one".getBytes(StandardCharsets.UTF_8))));
    log.votedFor(other);
    raft.raftId("A");
    raft.maxLogCacheSize(0);
    raft.resendInterval(QUIET_MILLIS);
    raft.log(telling(log));
    raft.setAddress(self);
    raft.setDownProtocol(new Nowhere());
    raft.init();
    raft.start();
    raft.handleView(View.create(self, 1, self, other));
  }

  @AfterEach
  void stop() {
    goOn.countDown();
    raft.stop();
  }

  private static final class Nowhere extends Protocol {
    @Override
    public Object down(Message message) {
      return message;
    }
  }

  private static Address address(String raftId) {
    return ExtendedUUID.randomUUID(raftId)
        .put(RAFT.raft_id_key, raftId.getBytes(StandardCharsets.UTF_8));
  }

  /** Notes which threads read entries, and can hold up the one that takes back a vote. */
  private Log telling(Log log) {
    InvocationHandler handler = (proxy, method, arguments) -> {
      if (method.getName().equals("get")) {
        readers.add(Thread.currentThread());
      }
      if (voting
          && method.getName().equals("votedFor")
          && arguments != null
          && arguments[0] == null) {
        takingBack.countDown();
        goOn.await();
      }
      try {
        return method.invoke(log, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    };
    return (Log)
        Proxy.newProxyInstance(Log.class.getClassLoader(), new Class<?>[] {Log.class}, handler);
  }

  @Test
  void in_a_quiet_moment_the_library_reads_no_entry_while_another_thread_uses_the_log() {
    exclusion.lock();
    try {
      raft.setLeaderAndTerm(self, 2); // from now on it looks after who lacks something
      readers.clear();
      Await.until("it comes to the log", () -> exclusion.hasQueuedThreads() || !readers.isEmpty());
      assertEquals(Set.of(), readers, "they read while this thread has the log");
    } finally {
      exclusion.unlock();
    }
    Await.until("it reads when it may", () -> !readers.isEmpty());
  }

  @Test
  @Timeout(180) // whom nobody lets go on holds this test
  void a_vote_that_is_given_while_this_node_calls_an_election_in_the_same_term_is_on_disk()
      throws Exception {
    ExactElection election = new ExactElection(exclusion);
    election.raft(raft);
    election.setAddress(self);
    election.setDownProtocol(new Nowhere());
    voting = true;
    Thread calls = new Thread(raft::createNewTerm, "calls");
    calls.start();
    takingBack.await(); // the new term is 2, and the vote of the first one is about to go
    Message request = new EmptyMessage(self).setSrc(other);
    Thread votes = new Thread(() -> election.handleMessage(request, new VoteRequest(2)), "votes");
    votes.start();
    Await.until(
        "it waits, or has voted", () -> exclusion.hasQueuedThread(votes) || !votes.isAlive());
    goOn.countDown();
    calls.join();
    votes.join();
    assertEquals(other, raft.votedFor());

    raft.stop();
    DurableLog again = new DurableLog(folder.resolve("raft"), reason -> {});
    again.open();
    assertEquals(2, again.currentTerm());
    assertEquals(other, again.votedFor(), "else it may vote for another one after a kill");
    again.close();
  }
}
