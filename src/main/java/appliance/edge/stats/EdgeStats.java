package appliance.edge.stats;

import java.util.concurrent.atomic.LongAdder;

/** What the edge counts; written by all I/O threads. */
public final class EdgeStats {

  /** Since the start. */
  public final LongAdder requests = new LongAdder();

  /** Whose exchange is not over. */
  public final LongAdder active = new LongAdder();

  /** Of these, those that began while this node was to leave. */
  public final Leaving leaving = new Leaving();

  /** Of these, answers of hot files that needed no exchange. */
  public final LongAdder hot = new LongAdder();

  /** Requests that broke {@code RequestRules}. */
  public final LongAdder refused = new LongAdder();

  public final LongAdder retries = new LongAdder();

  /** Retries that the budget had nothing left for. */
  public final LongAdder retriesDenied = new LongAdder();

  public final LongAdder upstreamErrors = new LongAdder();

  /** Answers that applications broke off after their head was out. */
  public final LongAdder brokenResponses = new LongAdder();

  /** Requests that waited, or only read, when their clients went away. */
  public final LongAdder givenUp = new LongAdder();

  /** Requests that wait for a master now. */
  public final LongAdder held = new LongAdder();

  /** Taken from the pools and not given back yet. */
  public final LongAdder buffers = new LongAdder();

  public final PoolStats pool = new PoolStats();

  private long requestsBefore;
  private volatile long requestsPerSecond;

  /** Those under way that began before this node was to leave; rather too many while some begin or end. */
  public int activeBeforeLeaving() {
    long since = leaving.active();
    long all = active.sum();
    return (int) (all - Math.min(since, leaving.active()));
  }

  /** Called once a second, by one thread. */
  public void tick() {
    long now = requests.sum();
    requestsPerSecond = now - requestsBefore;
    requestsBefore = now;
  }

  /** In the second before the last tick. */
  public long requestsPerSecond() {
    return requestsPerSecond;
  }
}
