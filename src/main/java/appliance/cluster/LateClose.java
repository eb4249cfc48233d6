package appliance.cluster;

import org.jspecify.annotations.Nullable;

/** Leaves a session after a failure, off the cluster's loop; its end gives the ports free. */
final class LateClose {

  private static final long MILLIS_MAX = 3000;

  private volatile @Nullable Thread thread;

  void begin(Session session) {
    Thread closing = new Thread(session::close, "cluster-close");
    closing.setDaemon(true);
    thread = closing;
    closing.start();
  }

  /** Returns when the session is left; not much later where its log has failed, for the disk may hang. */
  void end(Session session) {
    if (session.consensus().failed()) {
      begin(session);
      await();
    } else {
      session.close();
    }
  }

  /** Waits for the end of what has begun. */
  void await() {
    Thread closing = thread;
    if (closing != null) {
      try {
        closing.join(MILLIS_MAX);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
