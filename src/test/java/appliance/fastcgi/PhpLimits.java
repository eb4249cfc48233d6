package appliance.fastcgi;

import appliance.fastcgi.FastCgiLimits.Times;
import java.time.Duration;

/** What tests grant php in place of the defaults. */
public final class PhpLimits {

  private PhpLimits() {}

  static FastCgiLimits connections(FastCgiLimits of, int connections) {
    return queue(of, connections, of.queueMax(), of.times().queue());
  }

  /** Children, requests that may wait for one, and for how long. */
  static FastCgiLimits queue(FastCgiLimits of, int connections, int waiting, Duration wait) {
    Times t = of.times();
    return new FastCgiLimits(
        connections,
        waiting,
        new Times(
            t.connect(), wait, t.restart(), t.firstByte(), t.idle(), t.keepAlive(), t.clientBody()),
        of.sizes());
  }

  static FastCgiLimits restart(FastCgiLimits of, Duration restart) {
    Times t = of.times();
    return new FastCgiLimits(
        of.connectionsMax(),
        of.queueMax(),
        new Times(
            t.connect(),
            t.queue(),
            restart,
            t.firstByte(),
            t.idle(),
            t.keepAlive(),
            t.clientBody()),
        of.sizes());
  }

  /** To the first byte of an answer, and between two later ones. */
  public static FastCgiLimits silence(FastCgiLimits of, Duration first, Duration later) {
    Times t = of.times();
    return new FastCgiLimits(
        of.connectionsMax(),
        of.queueMax(),
        new Times(t.connect(), t.queue(), t.restart(), first, later, t.keepAlive(), t.clientBody()),
        of.sizes());
  }

  /** For each 8 KiB of a request's body. */
  public static FastCgiLimits body(FastCgiLimits of, Duration clientBody) {
    return of.with(of.times().withClientBody(clientBody));
  }
}
