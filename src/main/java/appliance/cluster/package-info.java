/**
 * Membership, election and mastership: who belongs to the cluster, and which one node may write.
 *
 * <p>Here is what the packages below are put together to: {@code Cluster} for {@code Node}, one {@code
 * Session} for each cluster that this node is in, and {@code Operations} for operators. The master is not the
 * raft leader but an entry in the replicated state, with an epoch that never falls; the leader only proposes
 * it. Below are, each knowing only those before it: {@code state}, {@code raft} (the only home of
 * org.jgroups), {@code mastery} and {@code join}; none of them knows this package. Knows no other
 * capability; {@code Node} gives what it publishes to the others. DESIGN.md says why it is so.
 */
@NullMarked
package appliance.cluster;

import org.jspecify.annotations.NullMarked;
