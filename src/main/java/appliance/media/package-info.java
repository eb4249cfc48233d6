/**
 * The media folder, kept equal on all nodes without a master: any node may write, every other one has
 * the same a moment later.
 *
 * <p>What is on this node's disk is in its {@code Index} (and nothing else is). Changes are seen by
 * {@code Watcher} and {@code Scanner}, read by {@code Examiner}, decided by {@code Replica}, told by
 * {@code Outbox}, pulled by {@code Transfers} and repaired by {@code AntiEntropy}. {@code Replica} runs
 * on one thread, the only one that changes the index or a final name on disk.
 *
 * <p>DESIGN.md beside this file tells how versions, conflicts, deletes and the folder's marker work.
 * Nothing here knows of HTTP, JGroups or any other package's inside.
 */
@NullMarked
package appliance.media;

import org.jspecify.annotations.NullMarked;
