package appliance.cluster;

/** Whether a node has founded the cluster that it is in. */
public enum Founder {
  /** Another one has; or it is being given up for another one's. */
  NOT,
  /** In an earlier start, which may have been killed before it had made what is made at the founding. */
  EARLIER,
  /** In this start. */
  NOW
}
