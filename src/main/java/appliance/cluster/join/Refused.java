package appliance.cluster.join;

import appliance.cluster.state.Wire;
import appliance.model.Fingerprint;
import appliance.trust.Trust;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that an operator has refused when they asked to join. Not in the log: a member that has missed it
 * lets nobody in by that, it only shows the one who asks once more. Any thread.
 */
public final class Refused {

  /** Of the broadcasts by which members tell each other of it. */
  public static final String TOPIC = "refused";

  /** What the one who asks is told. */
  static final String WORDS =
      "an operator of the cluster has refused it. If that was a mistake, have it"
          + " approved there by its fingerprint ('appliance approve') and start it again";

  private static final Logger log = LoggerFactory.getLogger(Refused.class);

  static final int KEYS_MAX = 128;
  private static final long FORGET_NANOS = Duration.ofHours(1).toNanos();
  private static final int BY_BYTES_MAX = 512;

  private final Trust trust;
  private final LongSupplier nanoTime;
  private final Consumer<byte[]> others;
  private final Map<Fingerprint, Long> since = new LinkedHashMap<>();

  /**
   * @param trust knows who is let in already
   * @param others where this node tells the other members
   */
  public Refused(Trust trust, LongSupplier nanoTime, Consumer<byte[]> others) {
    this.trust = trust;
    this.nanoTime = nanoTime;
    this.others = others;
  }

  /**
   * Refuses the key for an hour, here and at the other members; returns whether that makes a difference: a
   * key that is let in already is not refused.
   *
   * @param by who does, for the members' logs
   */
  public boolean refuse(Fingerprint key, String by) {
    if (trust.trusted().get().accepts(key)) {
      return false;
    }
    put(key, by);
    others.accept(Wire.encode(out -> {
      Wire.key(out, key);
      Wire.text(out, by, BY_BYTES_MAX);
    }));
    return true;
  }

  /** An operator has refused the key at another node. */
  public void heard(byte[] message) {
    try {
      Wire.decode(message, in -> {
        put(Wire.key(in), Wire.text(in, BY_BYTES_MAX));
        return true;
      });
    } catch (IOException e) {
      log.debug("A member's word of one who was refused was not understood", e);
    }
  }

  private synchronized void put(Fingerprint key, String by) {
    forget();
    since.remove(key);
    if (since.size() >= KEYS_MAX) {
      since.remove(since.keySet().iterator().next());
    }
    since.put(key, nanoTime.getAsLong());
    log.info("The node with the key {} asked to join and is refused, by {}", key, by);
  }

  /** Whether the key was refused within the last hour. */
  public synchronized boolean contains(Fingerprint key) {
    forget();
    return since.containsKey(key);
  }

  private void forget() {
    long now = nanoTime.getAsLong();
    since.values().removeIf(at -> now - at > FORGET_NANOS);
  }
}
