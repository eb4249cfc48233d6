package appliance.cluster.state;

/**
 * What became of a command that all nodes have agreed on.
 *
 * @param refusal why it changed nothing, for an operator to read; empty if it was accepted
 */
public record Outcome(ClusterState state, String refusal) {

  static Outcome accepted(ClusterState state) {
    return new Outcome(state, "");
  }

  /** {@code refusal} is for an operator to read. */
  public static Outcome refused(ClusterState state, String refusal) {
    return new Outcome(state, refusal);
  }
}
