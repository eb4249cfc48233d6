package appliance.cluster.state;

/** What the cluster has agreed on about a member; whether it can be reached is another matter. */
public enum Standing {
  /** Started, but not yet caught up. */
  JOINING,
  ACTIVE,
  /** Told to leave the rotation. */
  DRAINING,
  /** Left the rotation with nothing left to do. */
  DRAINED,
  /** Votes, and serves nothing: never in rotation, never master. */
  WITNESS,
  /** Told to go for good; its key is taken until its vote is gone, as two voters need both for that. */
  REMOVED,
  /** Ended in order. */
  LEFT;

  /** Told to leave the rotation, and perhaps out of it. */
  public boolean drains() {
    return this == DRAINING || this == DRAINED;
  }
}
