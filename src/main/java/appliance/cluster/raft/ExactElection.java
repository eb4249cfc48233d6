package appliance.cluster.raft;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jgroups.Address;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.protocols.raft.ELECTION2;
import org.jgroups.protocols.raft.RaftHeader;
import org.jgroups.protocols.raft.election.LeaderElected;
import org.jgroups.protocols.raft.election.VoteRequest;
import org.jgroups.protocols.raft.election.VoteResponse;
import org.jgroups.raft.util.Utils;
import org.jspecify.annotations.Nullable;

/**
 * The library's election (1.1.4), held to the paper: a vote counts only in the term that it was given
 * in, nobody votes or learns of a leader while it appends, and a node that knows no voters yet calls no election (it would
 * raise the term for ever). Nobody leads without a majority of its own voters: who calls the election may have
 * been away while votes changed hands, and counts those who vote no more. Whom it elects asks its own voters then, for
 * one of them may have what is agreed on and the elected one lacks. Where it sees too few of them it calls the next
 * election as soon as it sees more: who has elected it saw a majority before, so that nobody else would. The group's
 * threads run it.
 */
final class ExactElection extends ELECTION2 {

  private final ReentrantLock exclusion;

  /** In this term this node was elected, and saw no majority of its voters. */
  private volatile long refusedTerm;

  /** Guards the votes that are counted, and the term that they are for. */
  private final Object count = new Object();

  private long askedTerm;

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
      callIfRefused(next);
    }
  }

  /** Not where somebody has called another one since: the term is a later one then. */
  private void callIfRefused(@Nullable View next) {
    if (refusedTerm > 0 && refusedTerm == raft.currentTerm() && seesMajority(next)) {
      startVotingThread();
    }
  }

  @Override
  protected void handleMessage(Message message, RaftHeader header) {
    if (header instanceof VoteResponse) {
      count(message, header);
      return;
    }
    if (!(header instanceof VoteRequest || header instanceof LeaderElected)) {
      super.handleMessage(message, header);
      return;
    }
    if (header instanceof LeaderElected elected && !counts(elected, message.src())) {
      return;
    }
    exclusion.lock();
    try {
      super.handleMessage(message, header);
    } finally {
      exclusion.unlock();
    }
  }

  /**
   * Only if it is of the term that this node asks in, and while it does: one of the term before that was late by a moment
   * would count in the next one, in which its voter may have elected another leader.
   */
  private void count(Message message, RaftHeader vote) {
    synchronized (count) {
      if (vote.currTerm() == askedTerm && askedTerm == raft.currentTerm()) {
        super.handleMessage(message, vote);
      }
    }
  }

  /** The thread that counts asks, and has forgotten the votes of the term before; one may have come since. */
  @Override
  protected void sendVoteRequest(long term) {
    synchronized (count) {
      askedTerm = term;
      getVotes().reset(List.copyOf(getVotes().getResults().keySet()));
    }
    super.sendVoteRequest(term);
  }

  /** Whether an election holds by this node's voters, if it is the one that is elected. */
  private boolean counts(LeaderElected header, Address caller) {
    if (!header.leader().equals(local_addr)) {
      return true;
    }
    if (!seesMajority(view)) {
      refusedTerm = header.currTerm();
      callIfRefused(view); // one that came meanwhile did not know of it
      return false;
    }
    if (hasMajority(caller)) {
      return true;
    }
    if (header.currTerm() == raft.currentTerm()) {
      startVotingThread();
      if (!seesMajority(view)) { // it may be out of sight since, and the thread would ask for ever
        stopVotingThread();
      }
    }
    return false;
  }

  /**
   * Whether a majority of this node's voters has voted: its own vote and the caller's are sure. With more voters the
   * caller may have counted others.
   */
  private boolean hasMajority(Address caller) {
    return raft.majority() <= 2 && raft.members().contains(Utils.extractRaftId(caller));
  }

  private boolean seesMajority(@Nullable View now) {
    if (now == null) {
      return false;
    }
    List<String> voters = raft.members();
    long here = now.getMembers().stream()
        .map(Utils::extractRaftId)
        .filter(voters::contains)
        .count();
    return here >= raft.majority();
  }

  /**
   * Calls an election if it is this node's turn, and none is under way. The first turn is the view's first member's, whose
   * task it is; if it hangs, as its disk does for example, it calls none, and another voter has to. Who hears nothing, or
   * whose own log waits for its disk, calls none: the log may well go on without it, and an election to which it
   * hears no answer would keep the others from that again and again.
   *
   * @param turn from 1 on
   * @param hears whether anything of the others comes
   */
  void callAgain(int turn, boolean hears) {
    View now = view;
    boolean may = hears && (isViewCoordinator() || !exclusion.isLocked());
    if (may
        && now != null
        && isTurn(now, turn)
        && !raft.members().isEmpty()
        && isMajorityAvailable()) {
      raft.setLeaderAndTerm(null);
      startVotingThread();
    }
  }

  /** One at a time: two that ask at once are in each other's way. */
  private boolean isTurn(View now, int turn) {
    List<String> voters = raft.members();
    List<Address> turns = now.getMembers().stream()
        .filter(each -> each.equals(now.getCoord()) || voters.contains(Utils.extractRaftId(each)))
        .toList();
    return turns.indexOf(local_addr) == (turn - 1) % turns.size();
  }
}
