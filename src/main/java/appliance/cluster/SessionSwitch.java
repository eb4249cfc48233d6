package appliance.cluster;

import appliance.cluster.state.OperatorAct;
import appliance.runtime.StartFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How this node gets from one session to the next: from the cluster that it has founded to another one, and
 * back if that is gone by then; or on from what it knows, alone. Each call blocks until this node is in a
 * cluster, or cannot be.
 */
final class SessionSwitch {

  private static final Logger log = LoggerFactory.getLogger(SessionSwitch.class);

  private final Discovery discovery;
  private final Door door;
  private final Consumer<Session> withdraw;
  private final BooleanSupplier closing;
  private final BiConsumer<String, String> fail;

  /** Leads into whichever cluster there is for this node. */
  @FunctionalInterface
  interface Door {
    Session join() throws InterruptedException;
  }

  /**
   * @param withdraw leaves a session, so that there is none
   * @param fail ends this node's part in the cluster, for a reason and with what to do about it
   */
  SessionSwitch(
      Discovery discovery,
      Door door,
      Consumer<Session> withdraw,
      BooleanSupplier closing,
      BiConsumer<String, String> fail) {
    this.discovery = discovery;
    this.door = door;
    this.withdraw = withdraw;
    this.closing = closing;
    this.fail = fail;
  }

  /**
   * Returns in a cluster that knows this node; in the own one if the other, for which it was given up, is
   * gone before.
   *
   * @throws StartFailure if this node may not or cannot be in any
   */
  Session enter() throws InterruptedException {
    Session met = door.join();
    try {
      discovery.awaitAnnounced(met);
    } catch (StartFailure e) {
      if (met.consensus().failed()) {
        withdraw.accept(met); // at once: nobody is to wait for it
        throw e;
      }
      if (!met.newcomer() || !discovery.givesUp()) {
        throw e;
      }
      log.info("The other cluster does not take this node in: {}", e.getMessage());
      withdraw.accept(met);
      discovery.goBack();
      met = door.join();
      discovery.awaitAnnounced(met);
    }
    discovery.entered(met.file());
    return met;
  }

  /**
   * Goes on from what this node knows, without the others.
   *
   * @return the session in the new cluster; empty if there is none
   * @throws ClusterRefusal if this node cannot; nothing has changed
   */
  Optional<Session> recover(Session old, OperatorAct act, Path data) {
    Recovery.checkRoom(data);
    Recovery recovery = Recovery.of(old.file(), old.situation(), act);
    return move(
        old,
        () -> recovery.prepare(data),
        "it could not go on from what it had of the cluster",
        "Restart this node, check with 'appliance status' which cluster it is in, and recover again if needed");
  }

  /**
   * Leaves the session for the next one.
   *
   * @param change what is to be done between the two
   * @param trouble what has gone wrong if there is no next one
   * @param remedy what to do then
   * @return that one, if there is one
   */
  Optional<Session> move(Session old, Session.Change change, String trouble, String remedy) {
    try {
      withdraw.accept(old);
      change.make();
      return Optional.of(enter());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      if (closing.getAsBoolean()) {
        log.debug("Not joined, the node is closing", e);
      } else {
        fail.accept(trouble + ": " + e.getMessage(), remedy);
      }
    }
    return Optional.empty();
  }
}
