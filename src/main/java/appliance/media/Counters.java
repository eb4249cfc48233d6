package appliance.media;

import java.util.concurrent.atomic.AtomicLong;

/** What this node's media has done since its start, and what went wrong last. */
final class Counters {

  final AtomicLong announced = new AtomicLong();
  final AtomicLong sentFiles = new AtomicLong();
  final AtomicLong sentBytes = new AtomicLong();
  final AtomicLong receivedFiles = new AtomicLong();
  final AtomicLong receivedBytes = new AtomicLong();
  final AtomicLong reusedFiles = new AtomicLong();
  final AtomicLong failures = new AtomicLong();
  final AtomicLong refused = new AtomicLong();
  private volatile Failure last = new Failure("", "");

  private record Failure(String path, String reason) {}

  void failed(String path, String reason) {
    last = new Failure(path, reason); // who sees the count finds the reason
    failures.incrementAndGet();
  }

  /** The last failure has been overcome. */
  void succeeded(String path) {
    if (last.path().equals(path)) {
      last = new Failure("", "");
    }
  }

  String failedPath() {
    return last.path();
  }

  String failedReason() {
    return last.reason();
  }
}
