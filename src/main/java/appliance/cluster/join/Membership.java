package appliance.cluster.join;

import appliance.cluster.mastery.Situation;
import appliance.cluster.raft.Consensus;
import appliance.cluster.state.ClusterFile;

/** What this node can say of the cluster that it is in, to those that ask at its door. Any thread. */
public interface Membership {

  /** What the data folder says of the cluster. */
  ClusterFile file();

  /** As this node sees it now. */
  Situation situation();

  /** Where those who are let in are admitted. */
  Consensus consensus();

  /** Whether the cluster may still be given up: this node has founded it, and it holds nothing. */
  boolean provisional();
}
