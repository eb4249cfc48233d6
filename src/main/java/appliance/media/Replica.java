package appliance.media;

import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what happened in this node's folder into versions, and has them announced. What it does, it
 * does on the thread of {@link Turns}; its methods may be called from any other.
 */
final class Replica {

  private static final Logger log = LoggerFactory.getLogger(Replica.class);

  private static final Duration FLUSH_AGAIN = Duration.ofMillis(2);
  private static final Duration FLUSH_BY = Duration.ofMillis(20);
  /** Key of the index's meta: the folder has been read as a whole once. */
  static final String SCANNED = "scanned";

  private final Turns turns;
  private final Store store;
  private final Outbox outbox;
  private final DownloadQueue downloads;
  private final Counters counters;
  private IntSupplier examining = () -> 0;
  private long flushBy;
  private boolean flushPosted;

  Replica(Turns turns, Store store, Outbox outbox, DownloadQueue downloads, Counters counters) {
    this.turns = turns;
    this.store = store;
    this.outbox = outbox;
    this.downloads = downloads;
    this.counters = counters;
  }

  /** How many reported changes are still to be read: a burst of them is told in one message. */
  void watchBacklog(IntSupplier examiningNow) {
    examining = examiningNow;
  }

  void after(Duration delay, Runnable work) {
    turns.after(delay, work);
  }

  void failed(String path, String reason) {
    counters.failed(path, reason);
  }

  /** From now on a file that is found was written while this node's memory was whole. */
  void scanned() {
    store.index().meta().put(SCANNED, "1");
  }

  /** @return false if the file is no longer as it was read */
  boolean localFile(String path, Stat read, Sha256 content, @Nullable Inline small)
      throws IOException {
    return turns.ask(() -> onFile(path, read, content, small));
  }

  /** @return false if there is a file after all */
  boolean localGone(String path) throws IOException {
    return turns.ask(() -> onGone(path));
  }

  private boolean onFile(String path, Stat read, Sha256 content, @Nullable Inline small)
      throws IOException {
    if (!store.usable(path)) {
      return true;
    }
    if (!store.folder().stat(path).equals(read)) {
      return false;
    }
    Entry known = store.index().get(path);
    if (known != null && known.isFile() && known.item().sha256().equals(content)) {
      store.index().put(new Entry(known.item(), read.print()));
      return true;
    }
    long mtime = TimeUnit.NANOSECONDS.toMicros(read.print().mtimeNanos());
    Item item =
        new Item(path, false, read.print().size(), mtime, read.mode(), content, nextVersion(known));
    record(new Entry(item, read.print()), small);
    return true;
  }

  private boolean onGone(String path) throws IOException {
    if (!store.usable(path)) {
      return true;
    }
    Entry known = store.index().get(path);
    if (known == null || !known.isFile()) {
      return true;
    }
    if (!store.folder().stat(path).matches(null)) {
      return false;
    }
    if (!store.usable(path)) {
      return true; // since it was asked
    }
    recordGone(known);
    return true;
  }

  /** The file {@code known} is no more; in turn. */
  void recordGone(Entry known) {
    long now = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
    Item was = known.item();
    Item item = new Item(was.path(), true, 0, now, 0, was.sha256(), nextVersion(known));
    record(new Entry(item, known.print()), null);
  }

  private Version nextVersion(@Nullable Entry known) {
    UUID author = store.index().author();
    if (known != null) {
      return known.item().version().next(author);
    }
    boolean knownHistory = store.index().meta().containsKey(SCANNED);
    return knownHistory ? Version.first(author) : Version.unknownHistory(author);
  }

  /** Makes {@code entry} the truth of this node and tells the others; in turn. */
  void record(Entry entry, @Nullable Inline small) {
    log.debug("Changed here: {}", entry.item());
    store.index().put(entry);
    store.index().addUnconfirmed(entry.item());
    downloads.settle(entry.item());
    counters.announced.incrementAndGet();
    outbox.add(entry.item(), small);
    flushSoon();
  }

  /** At once if nothing else is under way, else together with what comes in a moment. */
  private void flushSoon() {
    if (!flushPosted) {
      flushPosted = true;
      flushBy = System.nanoTime() + FLUSH_BY.toNanos();
      if (!turns.post(this::flush)) {
        flushPosted = false;
      }
    }
  }

  private void flush() {
    // The worker that posted the last change still counts, hence 1.
    if (examining.getAsInt() > 1 && System.nanoTime() - flushBy < 0) {
      turns.after(FLUSH_AGAIN, this::flush);
      return;
    }
    flushPosted = false;
    outbox.flushChanges();
  }
}
