package appliance.cluster;

import appliance.cluster.raft.Consensus;
import appliance.model.NodeId;
import appliance.runtime.Loop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the cluster's loop look again when the consensus has news, once for however many there are. The
 * consensus's threads call it.
 */
final class TickTrigger implements Consensus.Watcher {

  private static final Logger log = LoggerFactory.getLogger(TickTrigger.class);

  private final Loop loop;
  private final Runnable look;
  private final Broadcasts broadcasts;
  private final Consumer<String> onFailure;
  private final AtomicBoolean due = new AtomicBoolean();

  TickTrigger(Loop loop, Runnable look, Broadcasts broadcasts, Consumer<String> onFailure) {
    this.loop = loop;
    this.look = look;
    this.broadcasts = broadcasts;
    this.onFailure = onFailure;
  }

  @Override
  public void changed() {
    if (due.compareAndSet(false, true)) {
      try {
        loop.execute(() -> {
          due.set(false);
          look.run();
        });
      } catch (RejectedExecutionException e) {
        log.debug("Not looked at, the node is closing", e);
      }
    }
  }

  @Override
  public void received(NodeId from, byte[] message) {
    broadcasts.received(from, message);
  }

  @Override
  public void failed(String reason) {
    onFailure.accept(reason);
  }
}
