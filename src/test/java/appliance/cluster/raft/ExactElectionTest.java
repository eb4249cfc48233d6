package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jgroups.Address;
import org.jgroups.EmptyMessage;
import org.jgroups.View;
import org.jgroups.protocols.raft.election.LeaderElected;
import org.junit.jupiter.api.Test;

/** What the one of three that is elected makes of it, whoever has called the election. */
final class ExactElectionTest extends OneRaft {

  /** Was a voter before this raft's first: it has been away since, and counts its own vote. */
  private final Address replaced = address("Z");

  @Test
  void who_is_elected_by_one_that_votes_no_more_leads_only_with_a_majority_of_those_who_vote() {
    ExactElection election = new ExactElection(raft.exclusion());
    election.raft(raft);
    election.setAddress(self);
    elected(election, View.create(replaced, 2, replaced, self), 2);
    assertFalse(raft.isLeader(), "of three voters it sees itself alone");
    elected(election, View.create(replaced, 3, replaced, self, second), 3);
    assertTrue(raft.isLeader());
  }

  private void elected(ExactElection election, View view, long term) {
    raft.handleView(view);
    election.handleView(view);
    election.handleMessage(
        new EmptyMessage(self).setSrc(replaced), new LeaderElected(self).currTerm(term));
  }
}
