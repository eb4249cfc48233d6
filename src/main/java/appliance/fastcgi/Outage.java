package appliance.fastcgi;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether php refuses connections, as all threads see it; logs each change. Any thread. */
final class Outage {

  private static final Logger log = LoggerFactory.getLogger(Outage.class);

  private final PhpAddress address;
  private volatile String reason = "";
  private volatile long since;

  Outage(PhpAddress address) {
    this.address = address;
  }

  /** Empty while there is none. */
  String reason() {
    return reason;
  }

  /** Whether it has lasted longer than any restart of php, so that waiting for its end is in vain. */
  boolean isLongerThan(Duration restart) {
    return !reason.isEmpty() && System.nanoTime() - since > restart.toNanos();
  }

  synchronized void begin(String why) {
    if (reason.isEmpty()) {
      since = System.nanoTime();
      log.warn("{} takes no connection ({}); is php-fpm running?", address, why);
    }
    reason = why;
  }

  void end() {
    if (!reason.isEmpty()) {
      endLogged();
    }
  }

  private synchronized void endLogged() {
    if (!reason.isEmpty()) {
      reason = "";
      log.info("{} takes connections again", address);
    }
  }
}
