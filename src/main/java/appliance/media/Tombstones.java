package appliance.media;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Forgets deletes that every node must have heard of. A node that was away for longer than they are
 * kept brings deleted files back: empty its media folder before it returns.
 */
final class Tombstones {

  static final Duration KEPT = Duration.ofDays(90);

  private Tombstones() {}

  /** Runs in {@link Turns}. */
  static void purge(Index index) {
    List<String> old = new ArrayList<>();
    for (Iterator<Entry> lines = index.entriesAfter(null); lines.hasNext(); ) {
      Entry entry = lines.next();
      if (!entry.isFile() && Arrivals.expired(entry.item())) {
        old.add(entry.item().path());
      }
    }
    old.forEach(index::forget);
  }
}
