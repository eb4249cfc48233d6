package appliance.edge;

import java.util.concurrent.atomic.LongAdder;

/** What the edge counts; written by all I/O threads. */
final class EdgeStats {

  final LongAdder requests = new LongAdder();
  final LongAdder active = new LongAdder();
  /** Of these, answers of hot files that needed no exchange. */
  final LongAdder hot = new LongAdder();

  final LongAdder refused = new LongAdder();
  final LongAdder retries = new LongAdder();
  final LongAdder retriesDenied = new LongAdder();
  final LongAdder upstreamErrors = new LongAdder();
  final LongAdder brokenResponses = new LongAdder();
  final LongAdder held = new LongAdder();

  /** Taken from the pools and not given back yet. */
  final LongAdder buffers = new LongAdder();

  final PoolStats pool = new PoolStats();

  private long requestsBefore;
  private volatile long requestsPerSecond;

  /** Called once a second, by one thread. */
  void tick() {
    long now = requests.sum();
    requestsPerSecond = now - requestsBefore;
    requestsBefore = now;
  }

  long requestsPerSecond() {
    return requestsPerSecond;
  }
}
