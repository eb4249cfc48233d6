package appliance.fastcgi;

import appliance.fastcgi.FastCgiLimits.Times;
import java.time.Duration;

/** What tests grant php in place of the defaults. */
public final class PhpLimits {

  private PhpLimits() {}

  public static FastCgiLimits connections(FastCgiLimits of, int connections) {
    return new FastCgiLimits(connections, of.queueMax(), of.times(), of.sizes());
  }

  /** Requests that may wait for a child, and for how long. */
  public static FastCgiLimits queue(FastCgiLimits of, int waiting, Duration wait) {
    Times t = of.times();
    FastCgiLimits longer = new FastCgiLimits(of.connectionsMax(), waiting, t, of.sizes());
    return with(longer, times(t, wait, t.restart(), t.firstByte(), t.idle()));
  }

  static FastCgiLimits restart(FastCgiLimits of, Duration restart) {
    Times t = of.times();
    return with(of, times(t, t.queue(), restart, t.firstByte(), t.idle()));
  }

  /** To the first byte of an answer, and between two later ones. */
  public static FastCgiLimits silence(FastCgiLimits of, Duration first, Duration later) {
    Times t = of.times();
    return with(of, times(t, t.queue(), t.restart(), first, later));
  }

  /** To the end of an answer. */
  public static FastCgiLimits total(FastCgiLimits of, Duration total) {
    Times t = of.times();
    return with(of, ends(t, total, t.keepAlive(), t.clientBody()));
  }

  /** For an unused connection. */
  static FastCgiLimits keepAlive(FastCgiLimits of, Duration keepAlive) {
    Times t = of.times();
    return with(of, ends(t, t.total(), keepAlive, t.clientBody()));
  }

  /** For each 8 KiB of a request's body. */
  public static FastCgiLimits body(FastCgiLimits of, Duration clientBody) {
    Times t = of.times();
    return with(of, ends(t, t.total(), t.keepAlive(), clientBody));
  }

  private static Times times(
      Times t, Duration queue, Duration restart, Duration first, Duration later) {
    return new Times(
        t.connect(), queue, restart, first, later, t.total(), t.keepAlive(), t.clientBody());
  }

  private static Times ends(Times t, Duration total, Duration keepAlive, Duration clientBody) {
    return new Times(
        t.connect(), t.queue(), t.restart(), t.firstByte(), t.idle(), total, keepAlive, clientBody);
  }

  private static FastCgiLimits with(FastCgiLimits of, Times times) {
    return new FastCgiLimits(of.connectionsMax(), of.queueMax(), times, of.sizes());
  }
}
