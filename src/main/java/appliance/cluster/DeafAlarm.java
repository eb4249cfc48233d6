package appliance.cluster;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when this node does not hear the others any more although they are there, and has it seen to. The
 * cluster's loop calls {@link #look}.
 */
final class DeafAlarm {

  private static final Logger log = LoggerFactory.getLogger(DeafAlarm.class);

  private volatile boolean deaf;
  private volatile Runnable action = () -> {};

  /**
   * @param action quick
   */
  void onDeaf(Runnable action) {
    this.action = action;
  }

  void look(boolean now) {
    if (now == deaf) {
      return;
    }
    deaf = now;
    if (now) {
      log.error(
          "This node does not hear the other nodes any more, although they show signs of life:"
              + " something in its connections hangs, which a restart of this node mends");
      action.run();
    } else {
      log.info("This node hears the other nodes again");
    }
  }

  boolean deaf() {
    return deaf;
  }
}
