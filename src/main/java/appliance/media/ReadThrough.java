package appliance.media;

import appliance.model.NodeId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a file that somebody asks for and that is not here yet. Bounded in time and in how many ask
 * at once, as the public decides what is asked for; the caller's thread waits.
 */
final class ReadThrough {

  private static final Logger log = LoggerFactory.getLogger(ReadThrough.class);

  private static final int AT_ONCE_MAX = 16;
  private static final int UNKNOWN_MAX = 10_000;
  private static final Duration UNKNOWN_FOR = Duration.ofSeconds(1);

  private final Store store;
  private final DownloadQueue downloads;
  private final Peers peers;
  private final Turns turns;
  private final Arrivals arrivals;
  private final Duration waitMax;
  private final Semaphore places = new Semaphore(AT_ONCE_MAX);
  private final Set<String> asking = ConcurrentHashMap.newKeySet();
  private final Set<String> unknown = ConcurrentHashMap.newKeySet();

  ReadThrough(
      Store store,
      DownloadQueue downloads,
      Peers peers,
      Turns turns,
      Arrivals arrivals,
      Duration waitMax) {
    this.store = store;
    this.downloads = downloads;
    this.peers = peers;
    this.turns = turns;
    this.arrivals = arrivals;
    this.waitMax = waitMax;
  }

  boolean fetch(String path) {
    if (Paths.problem(path).isPresent()) {
      return false;
    }
    try {
      return isHere(path) || bring(path);
    } catch (IOException e) {
      log.debug("'{}' could not be brought for a reader: {}", path, e.toString());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean isHere(String path) throws IOException {
    return store.folder().stat(path).kind() == Stat.Kind.FILE;
  }

  private boolean bring(String path) throws IOException, InterruptedException {
    Item coming = downloads.at(path);
    boolean known = coming != null || store.index().get(path) != null;
    if (coming != null ? coming.deleted() : (known || unknown.contains(path))) {
      return false;
    }
    if (!places.tryAcquire()) {
      return false;
    }
    long end = System.nanoTime() + waitMax.toNanos();
    try {
      if (coming == null && asking.add(path)) {
        try {
          ask(path, end);
        } finally {
          asking.remove(path);
        }
      }
      downloads.hurry(path);
      downloads.await(path, left(end));
      return isHere(path);
    } finally {
      places.release();
    }
  }

  private static Duration left(long end) {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  private void ask(String path, long end) throws IOException {
    for (NodeId node : peers.live()) {
      if (left(end).isZero()) {
        break; // the nodes asked so far were silent: the reader has waited enough
      }
      try {
        Item item = peers.item(node, path);
        if (item != null) {
          Message.Change change = new Message.Change(item, null);
          turns.ask(left(end), () -> arrivals.offered(node, List.of(change)));
          return;
        }
      } catch (IOException e) {
        log.debug("Asking {} for a file failed: {}", node, e.toString());
      }
    }
    if (unknown.size() < UNKNOWN_MAX && unknown.add(path)) {
      turns.after(UNKNOWN_FOR, () -> unknown.remove(path));
    }
  }
}
