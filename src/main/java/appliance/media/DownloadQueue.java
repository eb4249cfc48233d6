package appliance.media;

import appliance.model.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What this node does not hold yet, one line per path, in two queues: large files do not keep small
 * ones waiting. In memory only; after a restart the comparison with the others finds it again.
 */
final class DownloadQueue {

  static final int LINES_MAX = 50_000;
  private static final long CONTENT_BYTES_MAX = 64L * 1024 * 1024;
  private static final Duration RETRY_FIRST = Duration.ofMillis(200);
  private static final Duration RETRY_MAX = Duration.ofSeconds(30);

  private final Map<String, Want> byPath = new HashMap<>();
  private final Map<Sha256, String> byContent = new HashMap<>();
  private final DelayQueue<Want> small = new DelayQueue<>();
  private final DelayQueue<Want> large = new DelayQueue<>();

  /** Paths that the last attempt found no place for; not what has come since. */
  private final Set<String> blocked = new HashSet<>();

  private long contentBytes;

  /** @return false if there is no room, and the item must be learnt again later */
  synchronized boolean add(Item item, @Nullable NodeId source, @Nullable Inline content) {
    Want known = byPath.get(item.path());
    if (known == null && byPath.size() >= LINES_MAX) {
      return false;
    }
    if (known != null && !item.beats(known.item())) {
      if (source != null && item.equals(known.item()) && !known.sources().contains(source)) {
        replace(known, with(known, source));
      }
      return true;
    }
    boolean room = content != null && contentBytes + content.length() <= CONTENT_BYTES_MAX;
    Set<NodeId> sources = source == null ? Set.of() : Set.of(source);
    replace(known, new Want(item, sources, room ? content : null, 0, System.nanoTime()));
    return true;
  }

  private static Want with(Want known, NodeId source) {
    Set<NodeId> sources = new HashSet<>(known.sources());
    sources.add(source);
    return new Want(known.item(), sources, known.content(), known.attempts(), System.nanoTime());
  }

  private void replace(@Nullable Want before, Want now) {
    if (before != null) {
      remove(before);
    }
    byPath.put(now.item().path(), now);
    if (!now.item().deleted()) {
      byContent.put(now.item().sha256(), now.item().path());
    }
    contentBytes += now.contentBytes();
    queue(now).add(now);
  }

  private void remove(Want want) {
    if (byPath.remove(want.item().path(), want)) {
      byContent.remove(want.item().sha256(), want.item().path());
      contentBytes -= want.contentBytes();
      blocked.remove(want.item().path());
      queue(want).remove(want);
      notifyAll();
    }
  }

  private DelayQueue<Want> queue(Want want) {
    return want.isSmall() ? small : large;
  }

  /** Waits for the next thing to bring; null after a while without. */
  @Nullable
  Want take(boolean smallOnes) throws InterruptedException {
    return (smallOnes ? small : large).poll(1, TimeUnit.SECONDS);
  }

  /** How many there are that one of {@code nodes} may have, and that there is a place for here. */
  synchronized int from(Collection<NodeId> nodes) {
    return (int) byPath.values().stream()
        .filter(want -> !blocked.contains(want.item().path()))
        .map(Want::sources)
        .filter(had -> had.isEmpty() ? !nodes.isEmpty() : !Collections.disjoint(had, nodes))
        .count();
  }

  /** It is here, or nobody wants it any more. */
  synchronized void done(Want want) {
    remove(want);
  }

  /** Whatever was wanted at {@code held}'s path is void, unless it is newer. */
  synchronized void settle(Item held) {
    Want want = byPath.get(held.path());
    if (want != null && !want.item().beats(held)) {
      remove(want);
    }
  }

  /** Tries again later, each time a little later still; without the content that came along. */
  synchronized void retry(Want want) {
    if (!want.equals(byPath.get(want.item().path()))) {
      return; // something newer took its place
    }
    long delay =
        Math.min(RETRY_MAX.toNanos(), RETRY_FIRST.toNanos() << Math.min(want.attempts(), 10));
    replace(
        want,
        new Want(
            want.item(), want.sources(), null, want.attempts() + 1, System.nanoTime() + delay));
  }

  /** The same for what has no place here as long as something else stands there. */
  synchronized void retryBlocked(Want want) {
    retry(want);
    if (byPath.containsKey(want.item().path())) {
      blocked.add(want.item().path());
    }
  }

  /** Puts everything that waits to be tried again to the front: somebody came back. */
  synchronized void retryNow() {
    retryNow(small);
    retryNow(large);
  }

  /** In one pass. What is taken meanwhile may be brought twice; the second finds it in place. */
  private void retryNow(DelayQueue<Want> queue) {
    List<Want> waiting = new ArrayList<>(queue);
    queue.clear();
    long now = System.nanoTime();
    for (Want want : waiting) {
      if (want.attempts() > 0) {
        Want again = new Want(want.item(), want.sources(), want.content(), 0, now);
        byPath.put(want.item().path(), again);
        queue.add(again);
      } else {
        queue.add(want);
      }
    }
  }

  /** Puts one path to the front of its queue. */
  synchronized void hurry(String path) {
    Want want = byPath.get(path);
    if (want != null && queue(want).contains(want)) {
      long first = System.nanoTime() - Duration.ofHours(1).toNanos();
      replace(want, new Want(want.item(), want.sources(), want.content(), want.attempts(), first));
    }
  }

  /** A file that waits for this content. */
  synchronized @Nullable Item waitingFor(Sha256 content) {
    String path = byContent.get(content);
    return path == null ? null : at(path);
  }

  synchronized @Nullable Item at(String path) {
    Want want = byPath.get(path);
    return want == null ? null : want.item();
  }

  /** Waits until nothing is wanted at {@code path}. */
  synchronized void await(String path, Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    long left = atMost.toNanos();
    while (byPath.containsKey(path) && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = end - System.nanoTime();
    }
  }

  /** Blocks while so much is wanted that more should wait where it is. */
  synchronized void awaitRoom() throws InterruptedException {
    while (byPath.size() > LINES_MAX / 2) {
      wait(1000);
    }
  }

  synchronized int size() {
    return byPath.size();
  }
}
