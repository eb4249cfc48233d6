package appliance.cluster.raft;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jgroups.Address;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.raft.util.CommitTable;

/**
 * The library's RAFT (1.1.4), whose entries one thread reads or writes at a time: voting and appending exclude
 * each other ({@link #exclusion}). A view's thread must not wait for that: what holds it may itself wait for
 * the next view, for credits of a member that is gone.
 */
abstract class ExclusiveRaft extends RAFT {

  private final ReentrantLock exclusion = new ReentrantLock();
  private volatile boolean stopped;

  ReentrantLock exclusion() {
    return exclusion;
  }

  @Override
  public void start() throws Exception {
    stopped = false;
    super.start();
  }

  @Override
  protected void process(List<Request> requests) {
    alone(() -> {
      requests.stream()
          .filter(Newcomers.class::isInstance)
          .map(Newcomers.class::cast)
          .forEach(this::sendEnd);
      super.process(requests);
    });
  }

  /** While nobody else reads or writes the log; not when that is closed, for who waits has a limit. */
  final void alone(Runnable action) {
    try {
      exclusion.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      if (!stopped) {
        action.run();
      }
    } finally {
      exclusion.unlock();
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
