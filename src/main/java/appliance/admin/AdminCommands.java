package appliance.admin;

import java.util.concurrent.CompletionStage;

/**
 * What an operator may ask the cluster for, from any node. A stage completes when the cluster has
 * agreed; it fails with a message for the operator.
 */
public interface AdminCommands {

  /** Takes the named member out of the rotation. */
  CompletionStage<Void> drain(String member);

  /** Puts the named member back into the rotation. */
  CompletionStage<Void> resume(String member);
}
