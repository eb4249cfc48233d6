package appliance.runtime;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.status.Status;
import ch.qos.logback.core.status.StatusListener;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Tells when the log's file does not take what is logged, and when it does again: logback keeps both to itself. On
 * whichever thread logs.
 */
final class LogFileWatch implements StatusListener {

  /** Of logback's word that a file that has failed is written again (1.5, ResilientOutputStreamBase). */
  private static final String RECOVERED = "Recovered from IO failure";

  private final Path file;
  private final Logger log;
  private volatile String trouble = "";

  LogFileWatch(LoggerContext context, Path file) {
    this.file = file;
    log = context.getLogger(NodeLog.class);
  }

  /** Why the file is not written; empty if it is. */
  String trouble() {
    return trouble;
  }

  @Override
  public void addStatusEvent(Status status) {
    if (status.getLevel() == Status.ERROR && status.getThrowable() instanceof IOException e) {
      failed(FileTrouble.of(e));
    } else if (String.valueOf(status.getMessage()).startsWith(RECOVERED) && !trouble.isEmpty()) {
      trouble = "";
      log.info("The log's file {} is written again", file);
    }
  }

  /** It could not be opened, for a reason that has been told before if there is one. */
  void unopened() {
    failed("it cannot be opened");
  }

  private void failed(String why) {
    if (trouble.isEmpty()) {
      trouble = file + " is not written (" + why + ")"; // first: what is logged next may fail, too
      log.error(
          "The log's file {}: what is logged goes to stdout alone (journalctl -u appliance). Mend that; if this"
              + " does not say soon that it is written again, restart this node",
          trouble);
    }
  }
}
