package appliance.cluster;

import appliance.cluster.raft.Consensus;
import appliance.model.NodeId;
import appliance.runtime.Loop;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the cluster's loop look again when the consensus has news, once for however many there are, and a few
 * times a second for what only time changes. The consensus's threads tell the news.
 */
final class TickTrigger implements Consensus.Watcher {

  private static final Logger log = LoggerFactory.getLogger(TickTrigger.class);

  private static final Duration TICK = Duration.ofMillis(25);

  /** A look takes a millisecond on a busy machine, and while all is well it finds nothing. */
  private static final int CALM_TICKS = 4;

  private final Loop loop;
  private final Runnable look;
  private final BooleanSupplier due;
  private final Broadcasts broadcasts;
  private final Consumer<String> onFailure;
  private final AtomicBoolean news = new AtomicBoolean();
  private boolean calm;
  private int ticks;

  /**
   * @param due whether a look must not wait, though all is well; quick
   */
  TickTrigger(
      Loop loop,
      Runnable look,
      BooleanSupplier due,
      Broadcasts broadcasts,
      Consumer<String> onFailure) {
    this.loop = loop;
    this.look = look;
    this.due = due;
    this.broadcasts = broadcasts;
    this.onFailure = onFailure;
  }

  /** From now on it looks by itself, too. */
  void begin() {
    loop.every(TICK, this::tick);
  }

  private void tick() {
    ticks++;
    if (!calm || ticks >= CALM_TICKS || due.getAsBoolean()) {
      look.run();
    }
  }

  /**
   * It has just been looked, on the loop.
   *
   * @param nothing whether all is well, and nothing is under way
   */
  void looked(boolean nothing) {
    calm = nothing;
    ticks = 0;
  }

  @Override
  public void changed() {
    if (news.compareAndSet(false, true)) {
      try {
        loop.execute(() -> {
          news.set(false);
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
