package appliance.fastcgi;

import java.util.concurrent.atomic.AtomicInteger;

/** How many calls of one site may wait for php, on all I/O threads together. Any thread. */
final class QueuePlaces {

  private final AtomicInteger taken = new AtomicInteger();
  private final int max;

  QueuePlaces(int max) {
    this.max = max;
  }

  /** Takes one if there is one left. */
  boolean take() {
    return taken.getAndUpdate(n -> n < max ? n + 1 : n) < max;
  }

  /** For a call that had given its place back; it is not turned away now. */
  void takeAgain() {
    taken.incrementAndGet();
  }

  void give() {
    taken.decrementAndGet();
  }

  int taken() {
    return taken.get();
  }
}
