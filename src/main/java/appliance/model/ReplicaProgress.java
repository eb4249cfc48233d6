package appliance.model;

/**
 * How far a node's copy of the database is.
 *
 * @param position what has been applied; {@link GtidPosition#START} if that is not known
 */
public record ReplicaProgress(State state, GtidPosition position) {

  /** Whether the copy can go on. */
  public enum State {
    /** This node has no database. */
    NONE,
    /** It had, a moment ago, all that the database had. */
    LEVEL,
    /** It follows the database, or is being made. */
    FOLLOWING,
    /** It needs an operator to go on. */
    STOPPED,
    /** The database cannot be reached, or does not let itself be followed. */
    CUT_OFF
  }

  public static final ReplicaProgress NONE = new ReplicaProgress(State.NONE, GtidPosition.START);
}
