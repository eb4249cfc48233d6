package appliance.cluster.raft;

import appliance.runtime.Loop;
import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jgroups.Address;

/**
 * Decides whether this node is deaf: several others, who have answered it before, show signs of life all the
 * time, and yet nothing of anybody arrives, no answer to its questions either; or they answer that they have a
 * later view, with this node in it, and that does not arrive. Then something hangs in this node, and it alone can
 * know. Looks once a second, on a thread of its own.
 *
 * <p>What it must not take for deafness: a quiet cluster (it answers), a cut (no signs of life), one other node
 * that cannot send (there has to be a second one), nodes of an earlier version (they never answer), and a pause
 * of this process (it has not listened meanwhile).
 */
final class HearingWatch implements AutoCloseable {

  static final Duration PERIOD = Duration.ofSeconds(1);

  /** A look that comes so late says nothing: this process was stopped, or has no time to listen. */
  static final Duration LATE = Duration.ofSeconds(3);

  /** One other alone may be the one that hangs. */
  private static final int OTHERS_MIN = 2;

  static final int DEAF_LOOKS = 30;

  /** Until it counts as hearing nothing for now. */
  private static final int SILENT_LOOKS = 3;

  /** So many more for each member before this one in the view: not all at once, whatever the cause. */
  static final int LOOKS_PER_RANK = 15;

  /** Since this node has connected: whatever the cause, it does not end for it again and again. */
  static final int LOOKS_MIN = 300;

  /** Who has heard nothing for so many looks asks seldom: the others keep an answer until it is confirmed. */
  private static final int EAGER_LOOKS = 600;

  private static final int PATIENT_LOOKS = 60;

  private final Ear ear;
  private final BooleanSupplier logHeld;
  private final LongSupplier nanoTime;
  private final Loop loop = new Loop("hearing", 1);
  private Evidence evidence = new Evidence(Set.of(), 0);
  private long lookedAt;
  private long looks;
  private long silentLooks;
  private long deafLooks;
  private volatile boolean silent;
  private volatile boolean deaf;

  /** What comes from the others. */
  interface Ear {

    /** Whether anything has come since the last call. */
    boolean heard();

    /** Who has answered before, and shows signs of life now. */
    Set<Address> audible();

    /** The number of this node's view. */
    long view();

    /** How many have answered since the last call that they have the same later view, with this node in it. */
    long ahead();

    /** How many members of the view come before this one. */
    int rank();

    /** Asks all for answers, and does not wait for them. */
    void ask();
  }

  /** What has to stay as it is from look to look: whoever comes or goes changes what is heard. */
  private record Evidence(Set<Address> audible, long view) {}

  /**
   * @param logHeld whether the log has been waited for since the last call: a view may wait for it, too
   */
  HearingWatch(Ear ear, BooleanSupplier logHeld, LongSupplier nanoTime) {
    this.ear = ear;
    this.logHeld = logHeld;
    this.nanoTime = nanoTime;
    lookedAt = nanoTime.getAsLong();
  }

  void begin() {
    loop.every(PERIOD, this::look);
  }

  synchronized void look() {
    // Each counts from the last look: all are asked, whatever the others say.
    boolean held = logHeld.getAsBoolean();
    boolean onTime = isOnTime();
    boolean steady = isSteady();
    boolean behind = ear.ahead() >= OTHERS_MIN && !held;
    silentLooks = ear.heard() ? 0 : silentLooks + 1;
    silent = silentLooks >= SILENT_LOOKS && !evidence.audible().isEmpty();
    looks++;
    deafLooks = onTime && steady && (behind || silentLooks > 0) ? deafLooks + 1 : 0;
    deaf = looks >= LOOKS_MIN && deafLooks >= DEAF_LOOKS + (long) LOOKS_PER_RANK * ear.rank();
    if (silentLooks < EAGER_LOOKS || silentLooks % PATIENT_LOOKS == 0) {
      ear.ask();
    }
  }

  private boolean isOnTime() {
    long before = lookedAt;
    lookedAt = nanoTime.getAsLong();
    return lookedAt - before <= LATE.toNanos();
  }

  private boolean isSteady() {
    Evidence before = evidence;
    evidence = new Evidence(ear.audible(), ear.view());
    return evidence.audible().size() >= OTHERS_MIN && evidence.equals(before);
  }

  /** Whether anything has come lately, of others who have answered before; of such as never do nobody can say. Any thread. */
  boolean hears() {
    return !silent;
  }

  /** Any thread. */
  boolean isDeaf() {
    return deaf;
  }

  @Override
  public void close() {
    loop.close();
    deaf = false;
  }
}
