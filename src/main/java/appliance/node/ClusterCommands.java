package appliance.node;

import appliance.admin.AdminCommands;
import appliance.cluster.Cluster;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** An operator's commands, carried to the cluster. */
record ClusterCommands(Cluster cluster) implements AdminCommands {

  @Override
  public CompletionStage<Void> drain(String member) {
    return cluster.operations().drain(member);
  }

  @Override
  public CompletionStage<Void> handover(Optional<String> member) {
    return cluster.operations().handover(member);
  }

  @Override
  public CompletionStage<Void> resume(String member) {
    return cluster.operations().resume(member);
  }
}
