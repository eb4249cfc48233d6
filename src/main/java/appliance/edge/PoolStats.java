package appliance.edge;

import java.util.concurrent.atomic.LongAdder;

/** What the connection pools of all I/O threads count together. */
final class PoolStats {

  final LongAdder opened = new LongAdder();
  final LongAdder open = new LongAdder();
  final LongAdder idle = new LongAdder();
  final LongAdder waiting = new LongAdder();
}
