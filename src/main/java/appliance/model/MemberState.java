package appliance.model;

/** Where a member stands in the life of a node, as every node sees it. */
public enum MemberState {
  /** Started, but not yet caught up: gets no traffic. */
  JOINING,
  /** In rotation. */
  ACTIVE,
  /** Told to leave the rotation; finishes what it has. */
  DRAINING,
  /** Out of rotation with nothing left to do: safe to switch off. */
  DRAINED,
  /** Votes, and serves nothing. */
  WITNESS,
  /** Known, but not reachable. */
  DOWN;

  /** Whether new requests may go to a member in this state. */
  public boolean takesTraffic() {
    return this == ACTIVE;
  }

  /** Whether there is a site on it, of files or of pages, that can be reached now. */
  public boolean serves() {
    return this != DOWN && this != WITNESS;
  }
}
