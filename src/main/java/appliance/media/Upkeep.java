package appliance.media;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the folder watched and compared with the index: at the start, from time to time, after missed
 * events, and when the folder had gone and is back. One thread of its own.
 */
final class Upkeep implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);

  private static final String INOTIFY = "inotify";
  private static final int WATCH_SECONDS_MAX = 60;
  private static final int MASS_FILES = 100;

  private final Store store;
  private final Turns turns;
  private final Replica replica;
  private final Examiner examiner;
  private final Tuning tuning;
  private final Scanner scanner;
  private final Thread thread = new Thread(this::run, "media-upkeep");
  private Runnable afterFirstScan = () -> {};
  private @Nullable Watcher watcher;
  private volatile boolean closed;
  private volatile boolean scanned;
  private volatile String watching = "";
  private Object rootWatched = "";
  private String trouble = "";
  private long nextScan = System.nanoTime();

  Upkeep(Store store, Turns turns, Replica replica, Examiner examiner, Tuning tuning) {
    this.store = store;
    this.turns = turns;
    this.replica = replica;
    this.examiner = examiner;
    this.tuning = tuning;
    scanner = new Scanner(store);
    thread.setDaemon(true);
  }

  /** @param whenScanned is called once, when the folder has been compared with the index */
  void start(Runnable whenScanned) {
    afterFirstScan = whenScanned;
    thread.start();
  }

  /** Whether the folder has been compared with the index once since the start. */
  boolean scanned() {
    return scanned;
  }

  /** How changes are seen: {@code inotify}, or why not. */
  String watching() {
    return watching;
  }

  private void run() {
    try {
      while (!closed) {
        tickAndLog();
        TimeUnit.NANOSECONDS.sleep(tuning.tick().toNanos());
      }
    } catch (InterruptedException e) {
      log.debug("Upkeep ended");
    } finally {
      unwatch();
    }
  }

  private void tickAndLog() throws InterruptedException {
    try {
      tick();
    } catch (IOException | RuntimeException | Error e) {
      failed(e);
    }
  }

  /** Says each cause once, until the folder has been looked through. */
  private void failed(Throwable cause) {
    nextScan = System.nanoTime() + tuning.poll().toNanos();
    if (!closed && !cause.toString().equals(trouble)) {
      trouble = cause.toString();
      replica.failed("", "the folder cannot be looked through: " + cause);
      @Nullable Throwable trace = cause instanceof IOException ? null : cause;
      log.warn("The media folder cannot be looked through; trying again: {}", trouble, trace);
    }
  }

  private void tick() throws IOException, InterruptedException {
    Marker.Standing standing = store.marker().look();
    if (standing == Marker.Standing.MISSING) {
      unwatch();
      rootWatched = "";
      return;
    }
    if (standing == Marker.Standing.OTHER) {
      rootWatched = "";
      turns.ask(this::adopt);
    }
    Object nowWatched = Files.getAttribute(store.folder().root(), "unix:ino");
    boolean otherDisks = store.mounts().look();
    if (store.mounts().hasOthers()) {
      turns.ask(this::adoptDisks);
    }
    if (!nowWatched.equals(rootWatched) || otherDisks) {
      unwatch(); // mounted anew, or put back
      nextScan = System.nanoTime();
    }
    boolean due = System.nanoTime() - nextScan >= 0;
    if (watcher == null && due) {
      watch();
      rootWatched = nowWatched;
    }
    if (examiner.takeMissed() || due) {
      scan();
      trouble = "";
      nextScan = System.nanoTime() + scanPeriod().toNanos();
    }
  }

  private Duration scanPeriod() {
    Watcher now = watcher;
    if (now != null && !now.problem().isEmpty()) {
      watching = now.problem();
    }
    return watching.equals(INOTIFY) ? tuning.rescan() : tuning.poll();
  }

  /** What the index says of files that are not here is void: they come from the others again. */
  private boolean adopt() throws IOException {
    if (store.index().lines() > 0) {
      log.warn(
          "{} is not the media folder that this node knew; what it lacks comes from the others",
          store.folder().root());
    }
    store.mounts().forget();
    int voided = forget(true);
    log.debug("{} files of another folder forgotten", voided);
    store.index().meta().remove(Replica.SCANNED);
    store.marker().adopt();
    return true;
  }

  /** What lies on another disk than before may be older than what was changed or deleted since. */
  private boolean adoptDisks() throws IOException {
    List<String> differing = new ArrayList<>();
    for (Iterator<Entry> lines = store.index().entriesAfter(null); lines.hasNext(); ) {
      Entry entry = lines.next();
      String path = entry.item().path();
      if (store.mounts().isOnOther(path) && differs(entry)) {
        differing.add(path);
      }
    }
    differing.forEach(store.index()::forget);
    store.index().meta().remove(Replica.SCANNED);
    return true;
  }

  private boolean differs(Entry entry) throws IOException {
    try {
      return !store.folder().stat(entry.item().path()).matches(entry);
    } catch (IOException e) {
      store.mounts().passIfUnknown(entry.item().path(), e);
      return false;
    }
  }

  private int forget(boolean changedOnes) throws IOException {
    List<String> gone = new ArrayList<>();
    for (Iterator<Entry> lines = store.index().entriesAfter(null); lines.hasNext(); ) {
      Entry entry = lines.next();
      if (entry.isFile() && isOtherOnDisk(entry, changedOnes)) {
        gone.add(entry.item().path());
      }
    }
    gone.forEach(store.index()::forget);
    return gone.size();
  }

  private boolean isOtherOnDisk(Entry entry, boolean changedOnes) throws IOException {
    String path = entry.item().path();
    try {
      Stat stat = store.folder().stat(path);
      boolean missing = stat.kind() == Stat.Kind.ABSENT;
      return (missing || (changedOnes && !stat.matches(entry)))
          && !store.mounts().isAway(path);
    } catch (IOException e) {
      store.mounts().passIfUnknown(path, e);
      return false;
    }
  }

  private void watch() throws InterruptedException {
    if (!tuning.watch()) {
      watching = "rescans";
      return;
    }
    try {
      Watcher started = new Watcher(store.folder(), examiner);
      watcher = started;
      examiner.writingBy(started::isWriting);
      started.start(WATCH_SECONDS_MAX);
      watching = started.problem().isEmpty() ? INOTIFY : started.problem();
    } catch (LastErrorException | UnsatisfiedLinkError | NoClassDefFoundError e) {
      String why = e instanceof LastErrorException error && error.getErrorCode() == Inotify.EMFILE
          ? "more inotify instances than fs.inotify.max_user_instances allows; raise it with sysctl"
          : "no inotify here (" + e.getMessage() + ")";
      if (!why.equals(watching)) {
        watching = why;
        log.warn(
            "The media folder cannot be watched: {}. Changes are found by rescans every {} s",
            why,
            tuning.poll().toSeconds());
      }
    }
  }

  private void unwatch() {
    Watcher old = watcher;
    watcher = null;
    if (old != null) {
      old.close();
    }
  }

  private void scan() throws IOException, InterruptedException {
    if (!scanned) {
      store.folder().clearStaging();
      turns.ask(this::doubt);
      undoMassLoss();
    }
    boolean[] interrupted = new boolean[1];
    List<String> hidden = new ArrayList<>();
    scanner.scan(new Scanner.Differences() {
      @Override
      public void changed(String path) {
        interrupted[0] |= !awaitRoom();
        examiner.found(path);
      }

      @Override
      public void gone(String path) {
        interrupted[0] |= !awaitRoom();
        examiner.gone(path);
      }

      @Override
      public void hidden(String path) {
        hidden.add(path);
      }
    });
    if (interrupted[0]) {
      throw new InterruptedException("closed");
    }
    if (!hidden.isEmpty()) {
      log.warn(
          "A disk was mounted over {} files of the media folder; they come from the other nodes",
          hidden.size());
      turns.ask(() -> {
        hidden.forEach(store.index()::forget);
        return true;
      });
    }
    store.mounts().compared();
    if (!scanned || !store.index().meta().containsKey(Replica.SCANNED)) {
      examiner.awaitIdle();
      turns.ask(() -> {
        replica.scanned();
        return true;
      });
    }
    if (!scanned) {
      scanned = true;
      afterFirstScan.run();
    }
  }

  private boolean awaitRoom() {
    try {
      examiner.awaitRoom();
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * After a power loss a file may be empty, half, or what it was before, as programs do not force what they
   * write: what differs is no change made here, and loses against what other nodes hold.
   */
  private boolean doubt() throws IOException {
    if (store.index().isDoubtful()) {
      new Unforced(store).redo();
      int voided = forget(true);
      log.warn(
          "This machine went without its node's being ended first. {} media files are not as they were; what"
              + " other nodes have of them counts",
          voided);
      store.index().meta().remove(Replica.SCANNED);
      store.index().settled();
    }
    return true;
  }

  /** Most of the folder gone while nobody looked is an accident more often than a wish. */
  private void undoMassLoss() throws IOException {
    long files = store.index().files();
    long missing = scanner.missing();
    if (missing < MASS_FILES || missing * 2 <= files || !store.usable()) {
      return;
    }
    log.warn(
        "{} of {} media files went while this node was off; they are brought back from the other"
            + " nodes. To delete them, delete them while the node runs",
        missing,
        files);
    turns.ask(() -> forget(false));
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
