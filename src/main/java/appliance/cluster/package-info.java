/**
 * Membership, election and mastership: who belongs to the cluster, and which one node may write.
 *
 * <p>The only home of org.jgroups, and within it only {@code RaftConsensus} and the classes it is made
 * of: everything else here knows the {@code Consensus} seam. The master is not the raft leader but an
 * entry in the replicated state, with an epoch that never falls; the leader only proposes it. Knows no
 * other capability; {@code Node} gives what it publishes to the others. DESIGN.md says why it is so.
 */
@NullMarked
package appliance.cluster;

import org.jspecify.annotations.NullMarked;
