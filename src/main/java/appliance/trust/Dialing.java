package appliance.trust;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long members wait for each other's handshakes. The group has one thread that sends to all; a
 * process that is stopped or a machine that hangs still takes connections, but never answers, and must
 * not keep that thread from the others. So an address that was silent once is tried in the background
 * only, and is refused at once until it has answered there. Any thread.
 */
final class Dialing {

  /** Shakes hands with an address, within a time, and hangs up. */
  @FunctionalInterface
  interface Probe {
    void call(SocketAddress to, int millis) throws IOException;
  }

  private static final Logger log = LoggerFactory.getLogger(Dialing.class);

  /** At first, and at most. */
  static final int PATIENCE_MILLIS_MAX = 1000;

  /** Some times the usual: a processor that is busy makes handshakes slow. */
  private static final int PATIENCE_MILLIS_MIN = 250;

  private static final int USUAL_TIMES = 4;
  private static final int ADDRESSES_MAX = 256;

  /** What is known of an address: how long to wait for it, and whether it was silent the last time. */
  private record Known(int patienceMillis, boolean silent, boolean probed) {
    static final Known NOTHING = new Known(PATIENCE_MILLIS_MAX, false, false);
  }

  private final Probe probe;
  private final Map<SocketAddress, Known> addresses = new ConcurrentHashMap<>();

  Dialing(Probe probe) {
    this.probe = probe;
  }

  /**
   * For how many milliseconds a sender may wait for an answer.
   *
   * @throws SocketTimeoutException if the address is silent: it is being tried in the background
   */
  int patience(SocketAddress to) throws SocketTimeoutException {
    Known known = addresses.getOrDefault(to, Known.NOTHING);
    if (!known.silent()) {
      return known.patienceMillis();
    }
    probe(to);
    throw new SocketTimeoutException(to + " does not answer; it is being tried in the background");
  }

  void answered(SocketAddress to, long nanos) {
    long millis = USUAL_TIMES * TimeUnit.NANOSECONDS.toMillis(nanos);
    int patience = (int) Math.max(PATIENCE_MILLIS_MIN, Math.min(millis, PATIENCE_MILLIS_MAX));
    note(to, new Known(patience, false, false));
  }

  void silent(SocketAddress to) {
    note(to, new Known(PATIENCE_MILLIS_MAX, true, false));
  }

  private void note(SocketAddress to, Known known) {
    if (addresses.size() >= ADDRESSES_MAX) {
      addresses.clear(); // costs a wait for each that is silent
    }
    addresses.put(to, known);
  }

  private void probe(SocketAddress to) {
    Known silent = new Known(PATIENCE_MILLIS_MAX, true, false);
    if (addresses.replace(to, silent, new Known(PATIENCE_MILLIS_MAX, true, true))) {
      Thread thread = new Thread(() -> tryOnce(to), "cluster-probe");
      thread.setDaemon(true);
      try {
        thread.start();
      } catch (OutOfMemoryError e) { // no more threads now: the next one who sends tries again
        silent(to);
        throw e;
      }
    }
  }

  private void tryOnce(SocketAddress to) {
    long start = System.nanoTime();
    try {
      probe.call(to, PATIENCE_MILLIS_MAX);
      answered(to, System.nanoTime() - start);
    } catch (SocketTimeoutException e) {
      silent(to);
    } catch (RuntimeException | Error e) {
      silent(to); // else nobody would ever again
      log.warn("{} could not be tried; the next message to it tries again", to, e);
    } catch (IOException e) {
      log.debug("{} answers again, though not well", to, e);
      addresses.remove(to); // a refusal is quick: the sender may meet it itself
    }
  }
}
