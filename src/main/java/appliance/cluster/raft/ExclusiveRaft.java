package appliance.cluster.raft;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jgroups.Address;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.raft.util.CommitTable;

/**
 * The library's RAFT (1.1.4), whose entries one thread reads or writes at a time: voting and appending exclude
 * each other ({@link #exclusion}). A view's thread must not wait for that: what holds it may itself wait for
 * the next view, for credits of a member that is gone.
 */
abstract class ExclusiveRaft extends RAFT {

  private static final long FAILED_NANOS = 100_000_000;

  private final ReentrantLock exclusion = new ReentrantLock();
  private final AtomicLong turns = new AtomicLong();
  private long turnsSeen;
  private volatile boolean stopped;

  ReentrantLock exclusion() {
    return exclusion;
  }

  @Override
  public void start() throws Exception {
    stopped = false;
    super.start();
  }

  /**
   * What others have sent, and then this node's own commands: in the term, and behind the entries, that are
   * this log's by then. (The library settles the term at the beginning, and appends the commands at the end.)
   */
  @Override
  protected void process(List<Request> requests) {
    alone(() -> {
      requests.stream()
          .filter(Newcomers.class::isInstance)
          .map(Newcomers.class::cast)
          .forEach(this::sendEnd);
      Map<Boolean, List<Request>> own =
          requests.stream().collect(Collectors.partitioningBy(DownRequest.class::isInstance));
      super.process(own.getOrDefault(false, List.of()));
      alone(() -> super.process(own.getOrDefault(true, List.of())));
    });
  }

  /**
   * While nobody else reads or writes the log; not when that is closed or has failed, for who waits has a
   * limit.
   */
  final void alone(Runnable action) {
    try {
      exclusion.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      if (!stopped && !hasFailed()) {
        action.run();
      }
    } finally {
      turns.incrementAndGet();
      exclusion.unlock();
    }
  }

  /** Whether one thread has had the log to itself since the last call: its disk may hang. For one caller. */
  final boolean isHeld() {
    long before = turnsSeen;
    turnsSeen = turns.get();
    return exclusion.isLocked() && turnsSeen == before;
  }

  private boolean hasFailed() {
    return log_impl instanceof DurableLog durable && durable.failed();
  }

  /**
   * What a failure has kept from being applied as a whole stays to be applied, after the next start. (The
   * library goes on behind a change of the voters that has failed.)
   */
  @Override
  protected void applyCommit(long index, boolean serializeResponse) throws Exception {
    super.applyCommit(index, serializeResponse);
    if (hasFailed()) {
      throw new IllegalStateException("the log has failed");
    }
  }

  /**
   * The voting thread begins a term, which takes back the vote of the one before. (The library does that in
   * memory, and then on disk: a vote that was given in between was on its way, and not on disk any more, so
   * that after a kill this node could vote once more in the same term. And the log's files may be closed at
   * that moment, to be replaced by shorter ones.)
   */
  @Override
  public long createNewTerm() {
    if (hasFailed()) {
      LockSupport.parkNanos(
          FAILED_NANOS); // the thread asks again at once, until this node has left
      throw new IllegalStateException("the log has failed");
    }
    exclusion.lock();
    try {
      return stopped ? currentTerm() : super.createNewTerm(); // the voting thread ends after it
    } finally {
      exclusion.unlock();
    }
  }

  /** The library interrupts its thread to stop it; that must not meet it while it writes. */
  @Override
  public void stop() {
    exclusion.lock();
    try {
      stopped = true;
      super.stop();
    } finally {
      exclusion.unlock();
    }
  }

  /** Gives up leading between two requests, not in the middle of one. */
  void stepDown() {
    exclusion.lock();
    try {
      setLeaderAndTerm(null);
    } finally {
      exclusion.unlock();
    }
  }

  final boolean leads() {
    return isLeader() && request_table != null && commit_table != null;
  }

  /** Tells who comes of the leader, if this node is that: soon, and by the thread that may read the log. */
  final void greet(List<Address> newcomers) {
    if (isLeader()) {
      offer(new Newcomers(newcomers));
    }
  }

  /** Those who come, for the thread that may read the log: two at once would read nonsense. */
  private static final class Newcomers extends Request {
    private final List<Address> all;

    private Newcomers(List<Address> all) {
      this.all = all;
    }
  }

  /**
   * Sends those who come the log's end, and with it who leads; the library waits for a quiet moment, which
   * will do if they are gone by now, or its queue was full.
   */
  private void sendEnd(Newcomers newcomers) {
    CommitTable table = commit_table;
    for (Address newcomer : newcomers.all) {
      CommitTable.Entry entry = table == null || !leads() ? null : table.get(newcomer);
      if (entry != null) {
        sendAppendEntriesMessage(newcomer, entry);
      }
    }
  }
}
