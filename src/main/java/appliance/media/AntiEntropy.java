package appliance.media;

import appliance.model.ClusterView;
import appliance.model.NodeId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Anti-entropy: compares this index with each other node's when that node comes, and from time to time
 * after, and wants what is newer there. So whatever was not heard is found. One thread of its own.
 */
final class AntiEntropy implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AntiEntropy.class);
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration RETRY = Duration.ofMillis(500);

  private final Peers peers;
  private final Index index;
  private final DownloadQueue downloads;
  private final Turns turns;
  private final Arrivals arrivals;
  private final Duration period;
  private final Map<NodeId, Peer> known = new HashMap<>();
  private final Thread thread = new Thread(this::run, "media-compare");
  private boolean closed;

  /** Where the comparison with one node stands. */
  private static final class Peer {
    long dueNanos = System.nanoTime();
    long startedNanos = dueNanos;
    boolean compared;
    boolean toldBroken;
    int failures;
  }

  /** What a node says of its media cannot be. */
  private static final class BrokenPeer extends IOException {

    private static final long serialVersionUID = 1;

    BrokenPeer(String message) {
      super(message);
    }
  }

  AntiEntropy(
      Peers peers,
      Index index,
      DownloadQueue downloads,
      Turns turns,
      Arrivals arrivals,
      Duration period) {
    this.peers = peers;
    this.index = index;
    this.downloads = downloads;
    this.turns = turns;
    this.arrivals = arrivals;
    this.period = period;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** A node that was away is compared with at once when it is back. */
  synchronized void membersChanged(ClusterView view) {
    List<NodeId> live = peers.live(view);
    known.keySet().retainAll(live);
    live.forEach(node -> known.computeIfAbsent(node, n -> new Peer()));
    notifyAll();
  }

  /** That node has something for this one, or messages of it were lost. */
  synchronized void soon(NodeId node) {
    Peer peer = known.get(node);
    if (peer != null) {
      long earliest = peer.startedNanos + SOON.toNanos();
      peer.dueNanos = Math.max(System.nanoTime(), earliest);
      notifyAll();
    }
  }

  /** Live nodes that have not been compared with since they came. */
  synchronized int outstanding() {
    return (int) known.values().stream().filter(peer -> !peer.compared).count();
  }

  private void run() {
    try {
      while (true) {
        NodeId next = awaitNext();
        if (next == null) {
          return;
        }
        compareAndLog(next);
      }
    } catch (InterruptedException e) {
      log.debug("Comparing ended");
    }
  }

  private synchronized @Nullable NodeId awaitNext() throws InterruptedException {
    while (!closed) {
      long wait = TimeUnit.SECONDS.toNanos(60);
      for (Map.Entry<NodeId, Peer> entry : known.entrySet()) {
        long left = entry.getValue().dueNanos - System.nanoTime();
        if (left <= 0) {
          entry.getValue().startedNanos = System.nanoTime();
          entry.getValue().dueNanos = System.nanoTime() + period.toNanos();
          return entry.getKey();
        }
        wait = Math.min(wait, left);
      }
      TimeUnit.NANOSECONDS.timedWait(this, wait);
    }
    return null;
  }

  private void compareAndLog(NodeId node) throws InterruptedException {
    try {
      compare(node);
      ended(node, true);
    } catch (BrokenPeer e) {
      ended(node, false);
      tellBroken(node, e);
    } catch (IOException e) {
      ended(node, false);
      log.debug("Comparing media with {} failed: {}", node, e.toString());
    } catch (RuntimeException | Error e) {
      ended(node, false);
      log.error("Comparing media with {} failed, trying again", node, e);
    }
  }

  private synchronized void tellBroken(NodeId node, BrokenPeer e) {
    Peer peer = known.get(node);
    if (peer != null && !peer.toldBroken) {
      peer.toldBroken = true;
      log.warn(
          "Node {} cannot be compared with, as it sends {}; trying again. If this stays, restart"
              + " that node and see that all nodes run the same version",
          node,
          e.getMessage());
    }
  }

  private synchronized void ended(NodeId node, boolean well) {
    Peer peer = known.get(node);
    if (peer == null) {
      return;
    }
    if (well) {
      peer.compared = true;
      peer.failures = 0;
      peer.toldBroken = false;
    } else {
      long delay = Math.min(period.toNanos(), RETRY.toNanos() << Math.min(peer.failures, 6));
      peer.failures++;
      peer.dueNanos = System.nanoTime() + delay;
    }
  }

  private void compare(NodeId node) throws IOException, InterruptedException {
    long[] theirs = peers.digests(node);
    if (theirs == null) {
      return; // it has no media folder
    }
    BitSet different = turns.ask(() -> confirmEqual(theirs));
    if (different.isEmpty()) {
      return;
    }
    int newerHere = 0;
    String after = "";
    Peers.Page page;
    do {
      downloads.awaitRoom();
      page = peers.items(node, different, after);
      List<Message.Change> changes = new ArrayList<>();
      page.items().forEach(item -> changes.add(new Message.Change(item, null)));
      newerHere += turns.ask(() -> arrivals.offered(node, changes));
      after = end(page, after);
    } while (page.more());
    log.debug("Compared with {}: {} parts differ", node, different.cardinality());
    if (newerHere > 0 || !index.unconfirmed().isEmpty()) {
      peers.askToCompare(node);
    }
  }

  /** Up to where {@code page} goes; each goes further than the one before, so that they end. */
  private static String end(Peers.Page page, String after) throws BrokenPeer {
    List<Item> items = page.items();
    String last = items.isEmpty() ? after : items.get(items.size() - 1).path();
    if (page.more() && last.compareTo(after) <= 0) {
      throw new BrokenPeer("a list of files that goes no further than '" + after + "'");
    }
    return last;
  }

  /** In the equal parts the other node holds what this one does. */
  private BitSet confirmEqual(long[] theirs) {
    BitSet different = index.digests().differences(theirs);
    List<String> held = new ArrayList<>();
    index.unconfirmed().forEach((path, counter) -> {
      if (!different.get(Digests.bucket(path))) {
        held.add(path);
      }
    });
    held.forEach(index::confirm);
    return different;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    thread.interrupt();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
