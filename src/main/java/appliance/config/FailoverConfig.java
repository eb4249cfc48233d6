package appliance.config;

/**
 * How this node takes part in the choice of the master.
 *
 * @param fast whether silence of a second counts as death; the same on all nodes
 * @param priority the higher, the sooner this node becomes master
 */
public record FailoverConfig(boolean fast, int priority) {

  public static final int PRIORITY_MAX = 1000;
  public static final FailoverConfig DEFAULTS = new FailoverConfig(false, 100);
}
