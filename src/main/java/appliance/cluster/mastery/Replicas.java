package appliance.cluster.mastery;

import appliance.cluster.state.Mastership;
import appliance.cluster.state.Wire;
import appliance.model.GtidPosition;
import appliance.model.NodeId;
import appliance.model.ReplicaProgress;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the copies of the database are, on this node and, by their own word, on the others. Not in the
 * log, where it would be an entry for each transaction. The cluster's loop tells; any thread may ask.
 */
public final class Replicas {

  /** Of the broadcasts by which members tell how far they are. */
  public static final String TOPIC = "replica";

  private static final Logger log = LoggerFactory.getLogger(Replicas.class);

  private static final long TELL_NANOS = Duration.ofMillis(250).toNanos();
  private static final long REPEAT_NANOS = Duration.ofSeconds(1).toNanos();

  private final NodeId self;
  private final LongSupplier nanoTime;
  private final Consumer<byte[]> others;
  private final Map<NodeId, ReplicaProgress> heard = new ConcurrentHashMap<>();
  private volatile Supplier<ReplicaProgress> own = () -> ReplicaProgress.NONE;
  private volatile ReplicaProgress fits = ReplicaProgress.NONE;
  private @Nullable ReplicaProgress told;
  private long toldAt;

  /**
   * @param others where this node tells the other members
   */
  public Replicas(NodeId self, LongSupplier nanoTime, Consumer<byte[]> others) {
    this.self = self;
    this.nanoTime = nanoTime;
    this.others = others;
  }

  /** Tells what knows this node's own progress: before the start. */
  public void of(Supplier<ReplicaProgress> replica) {
    own = replica;
  }

  /** This node's own. */
  public GtidPosition position() {
    return bounded(own.get()).position();
  }

  /** Of this node and of all that have said so. */
  public Map<NodeId, ReplicaProgress> all() {
    Map<NodeId, ReplicaProgress> all = new HashMap<>(heard);
    all.put(self, bounded(own.get()));
    return all;
  }

  /** Tells the others what has changed: a few times a second, and at once while a master is looked for. */
  public void tick(Situation now) {
    heard.keySet().retainAll(now.reachable().keySet());
    ReplicaProgress progress = bounded(own.get());
    long time = nanoTime.getAsLong();
    boolean settled = now.state().mastership().phase() == Mastership.Phase.ACTIVE
        && now.holder().filter(now::isPresent).isPresent();
    boolean due = told == null
        || time - toldAt >= REPEAT_NANOS
        || (!progress.equals(told) && (!settled || time - toldAt >= TELL_NANOS));
    if (due) {
      told = progress;
      toldAt = time;
      others.accept(Wire.encode(out -> write(out, progress)));
    }
  }

  /** Takes another node's word; what is not understood takes its last word back. */
  public void heard(NodeId from, byte[] message) {
    try {
      heard.put(from, Wire.decode(message, Replicas::read));
    } catch (IOException e) {
      heard.remove(from);
      log.debug("The word of {} on its replica was not understood", from, e);
    }
  }

  private ReplicaProgress bounded(ReplicaProgress progress) {
    if (progress.equals(fits)) {
      return progress; // as it mostly is, and it is asked for many times a second
    }
    if (progress.position().toString().length() > Wire.POSITION_BYTES_MAX) {
      return new ReplicaProgress(progress.state(), GtidPosition.START);
    }
    fits = progress;
    return progress;
  }

  private static void write(DataOutput out, ReplicaProgress progress) throws IOException {
    Wire.choice(out, progress.state());
    Wire.position(out, progress.position());
  }

  private static ReplicaProgress read(DataInput in) throws IOException {
    return new ReplicaProgress(Wire.choice(in, ReplicaProgress.State.class), Wire.position(in));
  }
}
