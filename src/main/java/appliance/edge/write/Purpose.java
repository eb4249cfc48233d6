package appliance.edge.write;

/** What a request is for, as far as the right to write is concerned. */
public enum Purpose {
  /** Changes nothing: needs no master. */
  READ,
  /**
   * May change something, on whichever node: needs a master, an epoch that has not passed, and a node that
   * is the master or that a majority has confirmed a moment ago.
   */
  WRITE,
  /** For the master alone: needs its lease. */
  MASTER;
}
