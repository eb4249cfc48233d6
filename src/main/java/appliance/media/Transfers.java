package appliance.media;

import appliance.model.NodeId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what is wanted: from the announcement itself, from another file here, or from any node that
 * has it; under a temporary name until it is whole, checked and durable. Two threads for large files,
 * three for small ones.
 */
final class Transfers implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Transfers.class);

  private static final int LARGE_THREADS = 2;
  private static final int SMALL_THREADS = 3;
  private static final int UNSEEN_MAX = 3;

  /** Over about three seconds: the word that a file which a program needed for a moment is gone is on its way. */
  private static final int TEMPORARY_ATTEMPTS = 4;

  /** Of the disk, what large files leave to others: a node whose disk is full ends. */
  private static final long SPARE_BYTES = 8 << 20;

  private final DownloadQueue downloads;
  private final Store store;
  private final Arrivals arrivals;
  private final Examiner examiner;
  private final Peers peers;
  private final Counters counters;
  private final long fileBytesMax;
  private final List<Thread> threads = new ArrayList<>();

  /** Large files on their way: their sizes, by their temporary names. */
  private final Map<Path, Long> coming = new ConcurrentHashMap<>();

  private volatile boolean closed;

  /** What transfers work with: whom to ask, whom to hand the result to. */
  record Ends(Peers peers, Arrivals arrivals, Examiner examiner) {}

  Transfers(DownloadQueue downloads, Store store, Ends ends, Counters counters, long fileBytesMax) {
    this.downloads = downloads;
    this.store = store;
    this.arrivals = ends.arrivals();
    this.examiner = ends.examiner();
    this.peers = ends.peers();
    this.counters = counters;
    this.fileBytesMax = fileBytesMax;
  }

  void start() {
    for (int i = 0; i < LARGE_THREADS + SMALL_THREADS; i++) {
      boolean small = i >= LARGE_THREADS;
      Thread thread = new Thread(() -> run(small), "media-transfer-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  private void run(boolean small) {
    try {
      while (!closed) {
        Want want = downloads.take(small);
        if (want != null) {
          bringOrRetry(want);
        }
      }
    } catch (InterruptedException e) {
      log.debug("Transfers ended");
    }
  }

  private void bringOrRetry(Want want) {
    String path = want.item().path();
    try {
      Arrivals.Outcome outcome = bring(want);
      if (outcome == Arrivals.Outcome.PLACED || outcome == Arrivals.Outcome.STALE) {
        counters.succeeded(path);
        downloads.done(want);
      } else {
        downloads.retry(want);
      }
    } catch (IOException | RuntimeException | Error e) {
      if (!closed) {
        fail(want, e);
      }
    }
  }

  /** Not at once: the delete of the file that is in the way may be on its way too. */
  private Arrivals.Outcome makeWay(Want want, Folder.BlockedPath blocked) throws IOException {
    if (blocked.kind() == Stat.Kind.FILE && want.attempts() >= 2) {
      arrivals.giveWay(blocked.blocker(), want.item());
    }
    throw blocked;
  }

  private void fail(Want want, Throwable e) {
    if (e instanceof Peers.NotThere && want.attempts() < TEMPORARY_ATTEMPTS) {
      log.debug("'{}' is not there any more: {}", want.item().path(), e.toString());
    } else {
      tell(want, e);
    }
    if (e instanceof Folder.BlockedPath blocked && blocked.kind() == Stat.Kind.OTHER) {
      downloads.retryBlocked(want);
    } else {
      downloads.retry(want);
    }
  }

  private void tell(Want want, Throwable e) {
    String path = want.item().path();
    boolean full = e instanceof IOException && isTooLarge(want.item());
    String reason = full ? "the disk of the media folder is full: free some space" : e.toString();
    int first = e instanceof Peers.NotThere ? TEMPORARY_ATTEMPTS : 0;
    if (e instanceof Error) {
      log.error("'{}' could not be brought here, trying again", path, e);
    } else if (want.attempts() == first || full) {
      log.warn("'{}' could not be brought here, trying again: {}", path, reason);
    }
    counters.failed(path, reason);
  }

  private Arrivals.Outcome bring(Want want) throws IOException {
    Item item = want.item();
    Path staged = null;
    try {
      for (int i = 0; ; i++) {
        if (!store.usable(item.path())) {
          return Arrivals.Outcome.SUSPENDED;
        }
        if (item.size() > fileBytesMax) {
          throw new IOException("larger than the " + fileBytesMax + " bytes that are taken");
        }
        if (staged == null && !item.deleted()) {
          store.folder().requireWay(item.path());
          staged = store.folder().stage();
          reserve(want, staged);
          fill(want, staged);
        }
        Arrivals.Outcome outcome =
            staged == null ? arrivals.commitDelete(item) : arrivals.commit(item, staged);
        if (outcome != Arrivals.Outcome.UNSEEN || i == UNSEEN_MAX) {
          return outcome;
        }
        examiner.examine(item.path(), true);
      }
    } catch (Folder.BlockedPath e) {
      return makeWay(want, e);
    } finally {
      if (staged != null) {
        Files.deleteIfExists(staged);
        coming.remove(staged);
      }
    }
  }

  /** A large file is not begun without the room for it: half of it would have filled the disk in vain. */
  private synchronized void reserve(Want want, Path staged) throws IOException {
    if (want.isSmall()) {
      return;
    }
    if (isTooLarge(want.item())) {
      throw new IOException("there is no room for its " + want.item().size() + " bytes");
    }
    coming.put(staged, want.item().size());
  }

  private void fill(Want want, Path staged) throws IOException {
    Inline content = want.content();
    if (content != null
        && tryFill(new ByteArrayInputStream(content.bytes()), staged, want.item())) {
      return;
    }
    Entry holder = store.index().holder(want.item().sha256());
    if (holder != null && fromHere(holder, want.item(), staged)) {
      counters.reusedFiles.incrementAndGet();
      return;
    }
    fromPeers(want, staged);
    counters.receivedFiles.incrementAndGet();
    counters.receivedBytes.addAndGet(want.item().size());
  }

  private boolean tryFill(InputStream in, Path staged, Item item) throws IOException {
    try {
      Disk.receive(in, staged, item);
      return true;
    } catch (Disk.WrongContent e) {
      Files.deleteIfExists(staged);
      return false;
    }
  }

  private boolean fromHere(Entry holder, Item item, Path staged) throws IOException {
    String path = holder.item().path();
    if (!store.folder().stat(path).matches(holder)) {
      return false;
    }
    try (InputStream in = Channels.newInputStream(Disk.open(store.folder().resolve(path)))) {
      return tryFill(in, staged, item);
    } catch (java.nio.file.NoSuchFileException e) {
      return false;
    }
  }

  private void fromPeers(Want want, Path staged) throws IOException {
    @Nullable IOException last = null;
    for (NodeId node : candidates(want)) {
      try {
        peers.content(node, want.item(), staged);
        return;
      } catch (IOException e) {
        Files.deleteIfExists(staged);
        if (closed || isTooLarge(want.item())) {
          throw e; // nobody else has a smaller one
        }
        last = e;
      }
    }
    throw last == null ? new IOException("no other node is reachable") : last;
  }

  /** Asked after a failure, when no part of it takes space any more; what the system says is translated. */
  private boolean isTooLarge(Item item) {
    long free = Disk.freeBytes(store.folder().root());
    if (item.size() <= Want.SMALL_BYTES_MAX) {
      return free < item.size();
    }
    long others = coming.entrySet().stream()
        .mapToLong(
            other -> Math.max(0, other.getValue() - other.getKey().toFile().length()))
        .sum();
    return free - SPARE_BYTES - others < item.size();
  }

  /** Those who said that they have it, then everyone else, in no particular order. */
  private List<NodeId> candidates(Want want) {
    List<NodeId> live = peers.live();
    List<NodeId> first = new ArrayList<>(live);
    first.retainAll(want.sources());
    Collections.shuffle(first);
    live.removeAll(want.sources());
    Collections.shuffle(live);
    first.addAll(live);
    return first;
  }

  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
    try {
      for (Thread thread : threads) {
        thread.join(TimeUnit.SECONDS.toMillis(5));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
