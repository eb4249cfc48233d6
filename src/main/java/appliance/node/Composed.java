package appliance.node;

import appliance.runtime.ExitCode;
import appliance.runtime.Service;
import java.util.function.Consumer;

/** All that one process runs: a {@link Node}, or a {@link Witness}. */
interface Composed extends Service {

  /** After the start: tells the operator what must be told once, if this start has founded the cluster. */
  void welcome();

  /** What the start waits for, in words; empty if nothing is known. */
  String awaited();

  /** Calls {@code action} when a restart would mend what is wrong, with the exit code for it; before the start. */
  void onRestart(Consumer<ExitCode> action);
}
