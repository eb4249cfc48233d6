package appliance.cluster;

/** The cluster has refused what was asked of it. The message is for the one who asked. */
public final class ClusterRefusal extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** {@code message} names the cause, and what to do. */
  public ClusterRefusal(String message) {
    super(message);
  }
}
