package appliance.model;

/**
 * The right of this node to acknowledge writes as the cluster's master: asked before each write, and once
 * more before its answer is passed on. Any thread.
 */
public interface WriteRight {

  /**
   * Begins a write. Each one that has begun is to be ended, once.
   *
   * @return the epoch that it belongs to; {@link Epoch#NONE} if this node may not write now: then nothing
   *     has begun
   */
  Epoch begin();

  /** Whether what began in {@code epoch} may still be acknowledged, at this very moment. */
  boolean stands(Epoch epoch);

  /**
   * Whether it stands in {@code epoch}, or may do so again: it has run out, and as far as this node knows the
   * epoch goes on.
   */
  boolean mayStand(Epoch epoch);

  /** A write has been acknowledged, refused or given up. */
  void end();
}
