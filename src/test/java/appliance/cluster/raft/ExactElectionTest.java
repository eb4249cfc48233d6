package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jgroups.Address;
import org.jgroups.EmptyMessage;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.protocols.raft.RaftHeader;
import org.jgroups.protocols.raft.election.LeaderElected;
import org.jgroups.protocols.raft.election.VoteRequest;
import org.jgroups.protocols.raft.election.VoteResponse;
import org.jgroups.stack.Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the one of three that is elected makes of it, whoever has called the election. */
final class ExactElectionTest extends OneRaft {

  /** Was a voter before this raft's first: it has been away since, and counts its own vote. */
  private final Address replaced = address("Z");

  private final List<Long> asked = new CopyOnWriteArrayList<>();
  private volatile boolean secondVotes;
  private volatile boolean silent;
  private volatile Thread caller = Thread.currentThread();
  private ExactElection election = new ExactElection(raft.exclusion());

  @BeforeEach
  void open() {
    election = new ExactElection(raft.exclusion());
    election.raft(raft);
    election.setAddress(self);
    election.setDownProtocol(new Asked());
  }

  @AfterEach
  void end() {
    election.stop();
  }

  /** Notes in which terms this node asks for votes, and has it vote for itself. */
  private final class Asked extends Protocol {
    @Override
    public Object down(Message message) {
      RaftHeader header = message.getHeader(election.getId());
      if (header instanceof VoteRequest) {
        caller = Thread.currentThread();
        asked.add(header.currTerm());
        if (!silent) {
          vote(self, header.currTerm());
        }
        if (secondVotes) {
          vote(second, header.currTerm());
        }
      }
      return message;
    }
  }

  private void vote(Address voter, long term) {
    election.handleMessage(new EmptyMessage(self).setSrc(voter), new VoteResponse(term, 0, 0));
  }

  private void see(View view) {
    raft.handleView(view);
    election.handleView(view);
  }

  private void elected(Address caller, View view, long term) {
    see(view);
    raft.currentTerm(term);
    election.handleMessage(
        new EmptyMessage(self).setSrc(caller), new LeaderElected(self).currTerm(term));
  }

  @Test
  void who_is_elected_by_one_that_votes_no_more_leads_only_with_a_majority_of_those_who_vote() {
    elected(replaced, View.create(replaced, 2, replaced, self), 2);
    assertFalse(raft.isLeader(), "of three voters it sees itself alone");
    elected(replaced, View.create(replaced, 3, replaced, self, second), 3);
    assertFalse(raft.isLeader(), "the second may have what this one lacks");
    Await.until("it asks those who vote", () -> asked.contains(4L));
    assertFalse(raft.isLeader());
    secondVotes = true; // in the term that it asks in next
    Await.until("it leads", raft::isLeader);
  }

  @Test
  void who_saw_too_few_voters_when_it_was_elected_calls_the_next_election_once_it_sees_more() {
    elected(replaced, View.create(replaced, 2, replaced, self), 2);
    assertFalse(raft.isLeader());
    secondVotes = true;
    see(View.create(replaced, 3, replaced, self, second));
    Await.until("it leads", raft::isLeader);
    assertEquals(3, raft.currentTerm());
  }

  @Test
  void who_has_heard_of_a_later_election_since_calls_none() {
    elected(replaced, View.create(replaced, 2, replaced, self), 2);
    raft.currentTerm(3);
    see(View.create(replaced, 3, replaced, self, second));
    assertFalse(election.isVotingThreadRunning());
    assertEquals(List.of(), asked);
  }

  @Test
  void one_after_the_other_calls_an_election_where_the_log_stands_still() {
    see(View.create(replaced, 2, replaced, address("learns"), self, second));
    for (int turn :
        new int[] {1, 3, 4, 6}) { // whose vote is gone is the first, and learners have no turn
      election.callAgain(turn, true);
      assertFalse(election.isVotingThreadRunning(), "turn " + turn);
    }
    secondVotes = true;
    election.callAgain(5, true);
    Await.until("it leads", raft::isLeader);
    assertEquals(1, asked.size());
  }

  @Test
  void who_hears_nothing_or_waits_for_its_own_log_calls_none() throws Exception {
    see(View.create(replaced, 2, replaced, self, second));
    election.callAgain(2, false);
    assertFalse(election.isVotingThreadRunning());
    CountDownLatch writes = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    Thread disk = new Thread(() -> raft.alone(() -> {
      writes.countDown();
      uninterruptibly(over);
    }));
    disk.start();
    writes.await();
    election.callAgain(2, true);
    assertFalse(election.isVotingThreadRunning());
    over.countDown();
    disk.join();
    secondVotes = true;
    election.callAgain(2, true);
    Await.until("it leads", raft::isLeader);
  }

  private static void uninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void a_vote_that_is_late_by_a_moment_does_not_count_in_the_next_term() {
    see(View.create(second, 2, second, self));
    silent = true;
    election.startVotingThread();
    Await.until("it asks", () -> asked.size() == 1);
    silent = false;
    election.handleMessage(new LateVote(), new VoteResponse(asked.get(0), 0, 0));
    Await.until("a round is over", () -> asked.size() > 2 || raft.leader() != null);
    assertNull(raft.leader(), "it has its own vote alone");
  }

  /** Found to be of the present term, and then counted as soon as the next one has begun, or has to wait for that. */
  private final class LateVote extends EmptyMessage {
    private LateVote() {
      super(self);
    }

    @Override
    public Address src() {
      Await.until(
          "the next term begins",
          () -> asked.size() > 1 || caller.getState() == Thread.State.BLOCKED);
      return second;
    }
  }

  @Test
  void who_is_elected_by_a_voter_leads_at_once_as_the_two_are_a_majority() {
    elected(second, View.create(second, 2, second, self), 2);
    assertTrue(raft.isLeader());
    assertEquals(List.of(), asked);
  }
}
