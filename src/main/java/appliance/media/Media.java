package appliance.media;

import appliance.config.MediaConfig;
import appliance.model.Broadcast;
import appliance.model.ClusterView;
import appliance.model.NodeId;
import appliance.model.PeerCalls;
import appliance.model.PeerRoute;
import appliance.runtime.ExitCode;
import appliance.runtime.Loop;
import appliance.runtime.Published;
import appliance.runtime.Service;
import appliance.runtime.StartFailure;
import appliance.status.Section;
import appliance.status.Source;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that is the same on all nodes, whoever writes to it. At every moment each path on each node
 * has its former content or its right new one, never a part.
 *
 * <p>{@code Node} constructs it with a folder, registers {@link #route()} under {@code media} on the
 * peer endpoint, hands it the broadcasts of other nodes ({@link #receive}), then starts it; it is
 * closed before the peer endpoint and the cluster.
 */
public final class Media implements Service {

  private static final Logger log = LoggerFactory.getLogger(Media.class);

  private static final int QUEUED_TASKS_MAX = 20_000;
  private static final long QUEUED_BYTES_MAX = 64L * 1024 * 1024;
  private static final int CONFLICT_FILES_MAX = 10_000;
  private static final long CONFLICT_BYTES_MAX = 10L << 30;
  private static final Duration PURGE = Duration.ofHours(6);

  private final Loop loop = new Loop("media", QUEUED_TASKS_MAX);
  private final Turns turns = new Turns(loop);
  private final Counters counters = new Counters();
  private final DownloadQueue downloads = new DownloadQueue();
  private final Published<ClusterView> views;
  private final Peers peers;
  private final Store store;
  private final Arrivals arrivals;
  private final Examiner examiner;
  private final Transfers transfers;
  private final AntiEntropy antiEntropy;
  private final Upkeep upkeep;
  private final ReadThrough readThrough;
  private final MediaRoute route;
  private final AtomicLong queuedBytes = new AtomicLong();
  private volatile boolean started;
  private volatile boolean closed;

  /**
   * @param config with a folder
   * @param data this node's data folder; {@code media/} in it belongs to this service
   * @throws StartFailure if the data folder cannot be used
   */
  public Media(
      MediaConfig config,
      Path data,
      NodeId self,
      Published<ClusterView> views,
      PeerCalls calls,
      Broadcast broadcast) {
    this(
        new Ground(config.folder().orElseThrow(), data, self),
        views,
        calls,
        broadcast,
        Tuning.DEFAULT);
  }

  /** Where this node's media lives and whose it is. */
  record Ground(Path folder, Path data, NodeId self) {}

  Media(
      Ground ground,
      Published<ClusterView> views,
      PeerCalls calls,
      Broadcast broadcast,
      Tuning tuning) {
    this.views = views;
    store = openStore(ground);
    Outbox outbox = new Outbox(broadcast);
    peers = new Peers(ground.self(), views, calls);
    Replica replica = new Replica(turns, store, outbox, downloads, counters);
    arrivals = new Arrivals(turns, store, replica, outbox, downloads);
    examiner = new Examiner(store, replica, tuning.quiet());
    replica.watchBacklog(examiner::backlog);
    Transfers.Ends ends = new Transfers.Ends(peers, arrivals, examiner);
    transfers = new Transfers(downloads, store, ends, counters, tuning.fileBytesMax());
    antiEntropy =
        new AntiEntropy(peers, store.index(), downloads, turns, arrivals, tuning.compare());
    arrivals.leftOutTo(antiEntropy::soon);
    upkeep = new Upkeep(store, turns, replica, examiner, tuning);
    readThrough = new ReadThrough(store, downloads, peers, turns, arrivals, tuning.readWait());
    route = new MediaRoute(store, counters, examiner, antiEntropy::soon);
  }

  private static Store openStore(Ground ground) {
    Path memory = ground.data().resolve("media");
    try {
      Index index = Index.open(memory, ground.self().toString());
      Path root = ground.folder().toAbsolutePath().normalize();
      Folder folder = new Folder(root);
      Marker marker = new Marker(folder, index.meta());
      Mounts mounts = new Mounts(folder, index.meta());
      Conflicts conflicts =
          new Conflicts(memory.resolve("conflicts"), CONFLICT_FILES_MAX, CONFLICT_BYTES_MAX);
      return new Store(folder, index, marker, mounts, conflicts);
    } catch (IOException | RuntimeException e) {
      throw new StartFailure(
          ExitCode.DATA_FOLDER, "The media index in " + memory + " cannot be used: " + e, e);
    }
  }

  /** Returns at once; the folder is read and compared with the others' meanwhile. */
  @Override
  public void start() {
    if (!Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"))
        .equals(java.nio.charset.StandardCharsets.UTF_8)) {
      log.warn("File names beyond ASCII are not replicated, as Java was started in a locale without"
          + " UTF-8; start the node with LANG=C.UTF-8");
    }
    started = true;
    examiner.start();
    transfers.start();
    views.subscribe(this::membersChanged);
    upkeep.start(antiEntropy::start); // what is here already need not come from others
    loop.every(PURGE, () -> Tombstones.purge(store.index()));
    log.info(
        "Media folder {} with {} files", store.folder().root(), store.index().files());
  }

  private void membersChanged(ClusterView view) {
    antiEntropy.membersChanged(view);
    turns.post(downloads::retryNow); // not on the publisher's thread, as much may be wanted
  }

  /** What the peer endpoint answers below {@code media}. */
  public PeerRoute route() {
    return route;
  }

  /** Takes a broadcast of another node's media; returns at once. */
  public void receive(NodeId from, byte[] message) {
    if (!started || closed) {
      return; // the comparison finds it
    }
    Message read;
    try {
      read = Message.read(message);
    } catch (IOException e) {
      counters.refused.incrementAndGet();
      log.warn("A media message of node {} is refused: {}", from, e.getMessage());
      return;
    }
    if (queuedBytes.addAndGet(message.length) > QUEUED_BYTES_MAX
        || !turns.post(() -> {
          queuedBytes.addAndGet(-message.length);
          take(from, read);
        })) {
      queuedBytes.addAndGet(-message.length);
      antiEntropy.soon(from); // finds what is left out here
    }
  }

  private void take(NodeId from, Message message) {
    message.holdings().forEach(arrivals::confirmed);
    if (!message.changes().isEmpty()) {
      arrivals.offered(from, message.changes());
    }
  }

  /**
   * Brings a file here that another node has and nobody deleted, for someone who asks for it now;
   * waits for up to ten seconds, or until the node that is being asked then falls silent.
   *
   * @param relativePath as the public gave it, decoded; refused if it is none of this folder's
   * @return whether it is on disk
   */
  public boolean fetch(String relativePath) {
    return started && !closed && readThrough.fetch(relativePath);
  }

  /**
   * Whether all that the live nodes held when they were compared with is here. What only others have had may
   * never come.
   */
  public boolean caughtUp() {
    return upkeep.scanned() && antiEntropy.outstanding() == 0 && downloads.from(peers.live()) == 0;
  }

  /** Whether all is in sync, and nothing is held by this node alone: it may be switched off. */
  public boolean safe() {
    return pending() == 0 && unreplicated() == 0;
  }

  private int pending() {
    return downloads.size() + antiEntropy.outstanding() + (upkeep.scanned() ? 0 : 1);
  }

  private int unreplicated() {
    return store.index().unconfirmed().size() + examiner.backlog();
  }

  /** The section {@code media}; {@code pending} and {@code unreplicated} are 0 when in sync. */
  public Source source() {
    return () -> Section.builder()
        .gauge("files", store.index().files())
        .gauge("bytes", store.index().bytes())
        .gauge("pending", pending())
        .gauge("unreplicated", unreplicated())
        .text("reason", store.problem())
        .text("watching", upkeep.watching())
        .text("failedPath", counters.failedPath())
        .text("failedReason", counters.failedReason())
        .counter("announced", counters.announced.get())
        .counter("sentFiles", counters.sentFiles.get())
        .counter("sentBytes", counters.sentBytes.get())
        .counter("receivedFiles", counters.receivedFiles.get())
        .counter("receivedBytes", counters.receivedBytes.get())
        .counter("reusedFiles", counters.reusedFiles.get())
        .counter("conflicts", store.conflicts().kept())
        .counter("failures", counters.failures.get())
        .counter("refused", counters.refused.get())
        .build();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    upkeep.close();
    antiEntropy.close();
    transfers.close();
    examiner.close();
    loop.close();
    store.index().close();
  }
}
