package appliance.node;

import appliance.runtime.Service;

/** All that one process runs: a {@link Node}, or a {@link Witness}. */
interface Composed extends Service {

  /** After the start: tells the operator what must be told once, if this start has founded the cluster. */
  void welcome();

  /** What the start waits for, in words; empty if nothing is known. */
  String awaited();

  /** Calls {@code action} when this node does not hear the others any more; before the start. */
  void onDeaf(Runnable action);
}
