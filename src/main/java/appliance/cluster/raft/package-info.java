/**
 * The replicated log: the seam {@code Consensus}, and behind it jgroups-raft on a JGroups channel with what
 * had to be made exact in it, and the log on the disk. The only home of org.jgroups. Others use {@code
 * Consensus} and what it publishes; only the composition in {@code appliance.cluster} makes a {@code
 * RaftConsensus}. Of the state it knows only how bytes are written: a command is an array to it.
 */
@NullMarked
package appliance.cluster.raft;

import org.jspecify.annotations.NullMarked;
