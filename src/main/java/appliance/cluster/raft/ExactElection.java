package appliance.cluster.raft;

import java.util.concurrent.locks.ReentrantLock;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.protocols.raft.ELECTION2;
import org.jgroups.protocols.raft.RaftHeader;
import org.jgroups.protocols.raft.election.LeaderElected;
import org.jgroups.protocols.raft.election.VoteRequest;
import org.jgroups.protocols.raft.election.VoteResponse;

/**
 * The library's election (1.1.4), held to the paper: a vote counts only in the term that it was given
 * in, nobody votes or learns of a leader while it appends, and a node that knows no voters yet calls no election (it would
 * raise the term for ever). The group's threads run it.
 */
final class ExactElection extends ELECTION2 {

  private final ReentrantLock exclusion;

  ExactElection(ReentrantLock exclusion) {
    setId(ELECTION_ID);
    this.exclusion = exclusion;
  }

  @Override
  protected void handleView(View next) {
    if (raft.members().isEmpty()) {
      view = next;
    } else {
      super.handleView(next);
    }
  }

  @Override
  protected void handleMessage(Message message, RaftHeader header) {
    if (header instanceof VoteResponse && header.currTerm() != raft.currentTerm()) {
      return;
    }
    if (!(header instanceof VoteRequest || header instanceof LeaderElected)) {
      super.handleMessage(message, header);
      return;
    }
    exclusion.lock();
    try {
      super.handleMessage(message, header);
    } finally {
      exclusion.unlock();
    }
  }

  /** Calls an election if this node is in charge of that, and none is under way. */
  void callAgain() {
    View now = view;
    if (now != null && !raft.members().isEmpty() && isViewCoordinator() && isMajorityAvailable()) {
      raft.setLeaderAndTerm(null);
      startVotingThread();
    }
  }
}
