/**
 * What the cluster agrees on: the replicated state, the commands of the log that change it, and how both look
 * as bytes. Values only: no clock, no chance, no file but the one record that a node must read before its
 * log ({@code ClusterFile}). Knows no other package of the cluster, and each of them may use it.
 */
@NullMarked
package appliance.cluster.state;

import org.jspecify.annotations.NullMarked;
