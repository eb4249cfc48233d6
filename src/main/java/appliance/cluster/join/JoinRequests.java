package appliance.cluster.join;

import appliance.cluster.state.Credentials;
import appliance.cluster.state.Wire;
import appliance.model.Asker;
import appliance.model.Entrants;
import appliance.model.Fingerprint;
import appliance.trust.Trusted;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Nodes that ask to join and wait for someone to approve them, as seen in the last seconds. Few, and few
 * of one address: strangers can ask, but not crowd out others. Any thread.
 */
public final class JoinRequests {

  /** Of the broadcasts by which members tell each other who asks. */
  public static final String TOPIC = "asking";

  private static final Logger log = LoggerFactory.getLogger(JoinRequests.class);

  static final int TOTAL_MAX = 32;
  static final int PER_ADDRESS_MAX = 8;
  private static final long FORGET_NANOS = Duration.ofSeconds(15).toNanos();
  private static final long TELL_NANOS = Duration.ofSeconds(2).toNanos();
  private static final int ADDRESS_BYTES_MAX = 64;

  private final LongSupplier nanoTime;
  private final Consumer<byte[]> others;
  private final Map<Fingerprint, Seen> seen = new LinkedHashMap<>();

  private record Seen(Asker asker, long nanos, long toldNanos) {}

  /**
   * @param others where this node tells the other members whom it has seen
   */
  public JoinRequests(LongSupplier nanoTime, Consumer<byte[]> others) {
    this.nanoTime = nanoTime;
    this.others = others;
  }

  /** Someone asks at this node; returns whether that is news. */
  synchronized boolean asks(Fingerprint key, String name, InetAddress from) {
    Asker asker = new Asker(key, printable(name), from.getHostAddress());
    boolean known = seen.containsKey(key);
    if (!put(asker)) {
      return false;
    }
    Seen now = seen.get(key);
    if (now != null && (!known || now.nanos - now.toldNanos > TELL_NANOS)) {
      seen.put(key, new Seen(asker, now.nanos, now.nanos));
      others.accept(Wire.encode(out -> {
        Wire.key(out, asker.key());
        Wire.text(out, asker.name(), Wire.NAME_BYTES_MAX);
        Wire.text(out, asker.address(), ADDRESS_BYTES_MAX);
      }));
    }
    return !known;
  }

  /** Someone asks at another node. */
  public void heard(byte[] message) {
    try {
      Asker asker = Wire.decode(
          message,
          in -> new Asker(
              Wire.key(in),
              printable(Wire.text(in, Wire.NAME_BYTES_MAX)),
              printable(Wire.text(in, ADDRESS_BYTES_MAX))));
      put(asker);
    } catch (IOException e) {
      log.debug("A member's word of one who asks to join was not understood", e);
    }
  }

  private synchronized boolean put(Asker asker) {
    forget();
    Seen before = seen.get(asker.key());
    long same = seen.values().stream()
        .filter(s -> s.asker.address().equals(asker.address()))
        .count();
    if (before == null && (seen.size() >= TOTAL_MAX || same >= PER_ADDRESS_MAX)) {
      return false;
    }
    long now = nanoTime.getAsLong();
    seen.put(asker.key(), new Seen(asker, now, before == null ? now : before.toldNanos));
    return true;
  }

  /** A stranger chose it, and it is shown in terminals and pages. */
  static String printable(String name) {
    String safe = name.replaceAll("[^A-Za-z0-9._:%-]", "?");
    return safe.substring(0, Math.min(safe.length(), 63));
  }

  private void forget() {
    long now = nanoTime.getAsLong();
    seen.values().removeIf(s -> now - s.nanos > FORGET_NANOS);
  }

  /** Who waits to be let in, and who has been. */
  public Entrants entrants(Credentials credentials, Trusted trusted) {
    List<Asker> waiting = now().stream()
        .filter(asker -> !trusted.accepts(asker.key()))
        .filter(asker -> !credentials.refused().contains(asker.key()))
        .toList();
    return new Entrants(waiting, credentials.letIn());
  }

  /** Who asks now, at this member or at another. */
  public synchronized List<Asker> now() {
    forget();
    return new ArrayList<>(seen.values().stream().map(Seen::asker).toList());
  }
}
