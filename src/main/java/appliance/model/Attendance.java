package appliance.model;

/**
 * Whether a majority of the cluster has confirmed, a moment ago, that this node keeps up with it: what
 * stands behind writes of nodes that are not master. Any thread.
 */
@FunctionalInterface
public interface Attendance {

  /**
   * Whether that is so for {@code epoch} at this very moment. To ask is to wish for it: the answer turns
   * to yes as soon as the cluster has confirmed it, and stays so for some time after the last question.
   */
  boolean confirms(Epoch epoch);
}
