package appliance.cluster;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects this node anew when the cluster's log does not reach it any more, although the others are there:
 * something in its connections hangs, and a new start would help, so it makes one by itself.
 */
final class Rejoining {

  private static final Logger log = LoggerFactory.getLogger(Rejoining.class);

  private final SessionSwitch sessionSwitch;
  private final AtomicBoolean underWay = new AtomicBoolean();

  Rejoining(SessionSwitch sessionSwitch) {
    this.sessionSwitch = sessionSwitch;
  }

  /** Returns at once. */
  void look(Session now) {
    if (now.hangs() && !underWay.getAndSet(true)) {
      begin(now);
    }
  }

  private void begin(Session hung) {
    log.warn(
        "This node hears nothing of the cluster's log, although others are there; connecting anew");
    Thread thread = new Thread(() -> connectAnew(hung), "cluster-rejoin");
    thread.setDaemon(true);
    thread.start();
  }

  private void connectAnew(Session hung) {
    try {
      sessionSwitch.move(
          hung,
          () -> {},
          "it heard nothing of the cluster's log, and could not connect anew",
          "Restart this node");
    } finally {
      underWay.set(false);
    }
  }
}
