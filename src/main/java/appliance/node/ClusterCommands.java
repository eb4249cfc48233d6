package appliance.node;

import appliance.admin.AdminCommands;
import appliance.cluster.Cluster;
import appliance.cluster.ClusterRefusal;
import appliance.replication.Replication;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** An operator's commands, carried to the cluster, or to this node's replica. */
record ClusterCommands(Cluster cluster, Optional<Replication> replication)
    implements AdminCommands {

  @Override
  public CompletionStage<Void> drain(String member) {
    return cluster.operations().drain(member);
  }

  @Override
  public CompletionStage<Void> approve(String asker) {
    return cluster.operations().approve(asker);
  }

  @Override
  public CompletionStage<Void> refuse(String asker, String source) {
    return cluster.operations().refuse(asker, source);
  }

  @Override
  public CompletionStage<Void> handover(Optional<String> member) {
    return cluster.operations().handover(member);
  }

  @Override
  public CompletionStage<Void> resume(String member) {
    return cluster.operations().resume(member);
  }

  @Override
  public CompletionStage<Void> remove(String member, String source) {
    return cluster.operations().remove(member, source);
  }

  @Override
  public CompletionStage<Void> promote(String member, String source) {
    return cluster.operations().promote(member, source);
  }

  @Override
  public CompletionStage<Void> recover(String member, String source) {
    boolean own =
        cluster.views().get().own().filter(m -> m.name().equals(member)).isPresent();
    return own
        ? cluster.recover(source)
        : CompletableFuture.failedFuture(
            new ClusterRefusal("only " + member + " itself can do this: ask that node"));
  }

  @Override
  public CompletionStage<Void> set(String setting, String value) {
    return cluster.operations().set(setting, value);
  }

  @Override
  public CompletionStage<Void> rebuildReplica() {
    return replication
        .map(replica -> CompletableFuture.runAsync(replica::rebuild, Runnable::run))
        .orElseGet(() -> CompletableFuture.failedFuture(
            new IllegalStateException("this node has no --database, and so no replica")));
  }
}
