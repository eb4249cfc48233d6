/**
 * Who may write, and what each node does in each look at the {@code Situation} so that it stays so: the master
 * keeps its lease, the others have their epoch confirmed (a follower lease), the leader finds a successor and gives votes, and
 * each says what it is and keeps the keys that the log names. The cluster's loop runs all of it. Uses the log
 * through the seam and the state; the edge is given a {@code Lease} and an {@code Attendance}.
 */
@NullMarked
package appliance.cluster.mastery;

import org.jspecify.annotations.NullMarked;
