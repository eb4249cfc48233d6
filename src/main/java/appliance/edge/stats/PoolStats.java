package appliance.edge.stats;

import java.util.concurrent.atomic.LongAdder;

/** What the connection pools of all I/O threads count together. */
public final class PoolStats {

  /** Connections, since the start. */
  public final LongAdder opened = new LongAdder();

  /** Connections now, those that are being opened or idle included. */
  public final LongAdder open = new LongAdder();

  /** Connections that wait for a request. */
  public final LongAdder idle = new LongAdder();

  /** Requests that wait for a connection now. */
  public final LongAdder waiting = new LongAdder();
}
