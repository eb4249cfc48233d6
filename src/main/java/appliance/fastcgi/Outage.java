package appliance.fastcgi;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether php refuses connections, as all threads see it; logs each change. Any thread. */
final class Outage {

  private static final Logger log = LoggerFactory.getLogger(Outage.class);

  private final PhpAddress address;
  private volatile String reason = "";

  Outage(PhpAddress address) {
    this.address = address;
  }

  /** Empty while there is none. */
  String reason() {
    return reason;
  }

  synchronized void begin(String why) {
    if (reason.isEmpty()) {
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
