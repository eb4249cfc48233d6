package appliance.admin;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What an operator may ask the cluster for, from any node. A stage completes when the cluster has
 * agreed; it fails with a message for the operator.
 */
public interface AdminCommands {

  /** Takes the named member out of the rotation. */
  CompletionStage<Void> drain(String member);

  /** Lets in a node that asks to join, given by its name or its key's fingerprint. */
  CompletionStage<Void> approve(String asker);

  /**
   * Turns away a node that asks to join, given as for {@link #approve}.
   *
   * @param source where the operator is, for the record
   */
  CompletionStage<Void> refuse(String asker, String source);

  /** Makes the named member master in order, or whoever is next. */
  CompletionStage<Void> handover(Optional<String> member);

  /** Puts the named member back into the rotation. */
  CompletionStage<Void> resume(String member);

  /**
   * Removes the named member for good.
   *
   * @param source where the operator is, for the record
   */
  CompletionStage<Void> remove(String member, String source);

  /** Makes the named member master by force. */
  CompletionStage<Void> promote(String member, String source);

  /** Goes on with this node, which must be the named one, alone. */
  CompletionStage<Void> recover(String member, String source);

  /** Sets one of the cluster's replicated settings. */
  CompletionStage<Void> set(String setting, String value);

  /** Has this node's replica of the database copied anew. */
  CompletionStage<Void> rebuildReplica();
}
