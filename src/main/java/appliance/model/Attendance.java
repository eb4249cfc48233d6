package appliance.model;

/**
 * Whether a majority of the cluster has confirmed, a moment ago, that this node keeps up with it: what
 * stands behind writes of nodes that are not master. Any thread.
 */
@FunctionalInterface
public interface Attendance {

  /**
   * Begins a write, if this node is confirmed in {@code epoch} and the epoch is not about to end. Each one
   * that has begun is to be ended, once: a node stops for the next master when none is under way.
   */
  default boolean begin(Epoch epoch) {
    return confirms(epoch);
  }

  /** A write has been acknowledged, refused or given up. */
  default void end() {}

  /**
   * Whether that is so for {@code epoch} at this very moment. To ask is to wish for it: the answer turns
   * to yes as soon as the cluster has confirmed it, and stays so for some time after the last question.
   */
  boolean confirms(Epoch epoch);

  /**
   * Whether it is not so yet and likely soon is: the cluster has just been asked, or has confirmed it, and
   * what was given in earlier epochs may count for up to a second.
   */
  default boolean awaits(Epoch epoch) {
    return false;
  }
}
