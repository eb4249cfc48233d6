package appliance.media;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what was reported as changed and tells {@code Replica} what is really there. Its threads hash
 * one file each; reports of the same path become one. Absences wait until nothing else does, so that
 * a renamed file is known under its new name before the old one goes.
 */
final class Examiner implements Changes, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Examiner.class);

  static final int QUEUE_MAX = 100_000;

  /** They wait in the queue of Turns, which all else needs as well; the next rescan finds the others. */
  private static final int LATER_MAX = 5_000;

  private static final int THREADS = 2;
  private static final int READS_MAX = 4;

  private final Folder folder;
  private final Index index;
  private final Replica replica;
  private final Duration quiet;
  private final Map<String, Boolean> queue = new LinkedHashMap<>();
  private final Set<String> goneQueue = new LinkedHashSet<>();
  private final Set<String> later = ConcurrentHashMap.newKeySet();
  private final List<Thread> threads = new ArrayList<>();
  private int busy;
  private boolean closed;
  private volatile boolean missed;
  private volatile Predicate<String> writing = path -> false;

  Examiner(Store store, Replica replica, Duration quiet) {
    folder = store.folder();
    index = store.index();
    this.replica = replica;
    this.quiet = quiet;
  }

  /** Where to ask whether a program is still writing a file. */
  void writingBy(Predicate<String> now) {
    writing = now;
  }

  void start() {
    for (int i = 0; i < THREADS; i++) {
      Thread thread = new Thread(this::run, "media-examine-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  @Override
  public synchronized void written(String path) {
    add(path, true);
  }

  @Override
  public synchronized void found(String path) {
    add(path, false);
  }

  private void add(String path, boolean surely) {
    if (Paths.problem(path).isPresent()) {
      return;
    }
    if (queue.size() >= QUEUE_MAX) {
      missed = true;
      return;
    }
    queue.merge(path, surely, Boolean::logicalOr);
    notifyAll();
  }

  @Override
  public synchronized void gone(String path) {
    if (goneQueue.size() >= QUEUE_MAX) {
      missed = true;
      return;
    }
    goneQueue.add(path);
    notifyAll();
  }

  @Override
  public void missed(String why) {
    log.info("The media folder is compared as a whole: {}", why);
    missed = true;
  }

  /** Whether changes were lost since the last call. */
  boolean takeMissed() {
    boolean was = missed;
    missed = false;
    return was;
  }

  /** Blocks while more waits than is good for the memory. */
  synchronized void awaitRoom() throws InterruptedException {
    while (!closed && queue.size() + goneQueue.size() >= QUEUE_MAX / 2) {
      wait(100);
    }
  }

  /** Blocks until all that was reported has been read, but for files still being written. */
  synchronized void awaitIdle() throws InterruptedException {
    while (!closed && queue.size() + goneQueue.size() + busy > 0) {
      wait(100);
    }
  }

  /** Paths that wait or are being read. */
  synchronized int backlog() {
    return queue.size() + goneQueue.size() + busy + later.size();
  }

  private synchronized void put(Map<String, Boolean> to, Set<String> goneTo)
      throws InterruptedException {
    while (!closed && queue.isEmpty() && (goneQueue.isEmpty() || busy > 0)) {
      wait();
    }
    if (closed) {
      throw new InterruptedException("closed");
    }
    busy++;
    if (!queue.isEmpty()) {
      Map.Entry<String, Boolean> first = queue.entrySet().iterator().next();
      to.put(first.getKey(), first.getValue());
      queue.remove(first.getKey());
    } else {
      String first = goneQueue.iterator().next();
      goneTo.add(first);
      goneQueue.remove(first);
    }
  }

  private synchronized void ended() {
    busy--;
    notifyAll();
  }

  private void run() {
    try {
      while (true) {
        Map<String, Boolean> next = new LinkedHashMap<>();
        Set<String> gone = new LinkedHashSet<>();
        put(next, gone);
        try {
          next.forEach(this::examineAndLog);
          gone.forEach(this::goneAndBelow);
        } catch (RuntimeException | Error e) {
          missed("examining failed");
          log.error("Examining {} {} failed", next.keySet(), gone, e);
        } finally {
          ended();
        }
      }
    } catch (InterruptedException e) {
      log.debug("Examining ended");
    }
  }

  private void examineAndLog(String path, boolean surely) {
    try {
      examine(path, surely);
    } catch (IOException | RuntimeException | Error e) {
      replica.failed(path, "cannot be read here: " + e);
      retryLater(path, surely, Duration.ofSeconds(10));
    }
  }

  private void goneAndBelow(String path) {
    examineAndLog(path, false);
    String below = path + "/";
    for (var lines = index.entriesAfter(below); lines.hasNext(); ) {
      Entry entry = lines.next();
      if (!entry.item().path().startsWith(below)) {
        return;
      }
      if (entry.isFile()) {
        examineAndLog(entry.item().path(), false);
      }
    }
  }

  /**
   * Makes the index tell the truth about {@code path}.
   *
   * @param surely whether to read the file even if it looks as it did
   */
  void examine(String path, boolean surely) throws IOException {
    for (int i = 0; i < READS_MAX; i++) {
      Stat before = folder.stat(path);
      if (before.kind() == Stat.Kind.ABSENT || before.kind() == Stat.Kind.FOLDER) {
        if (replica.localGone(path)) {
          return;
        }
        continue;
      }
      if (before.kind() == Stat.Kind.OTHER || (!surely && before.matches(index.get(path)))) {
        return;
      }
      if (writing.test(path)) {
        retryLater(path, surely, quiet); // half a file is never told of
        return;
      }
      Entry known = surely ? null : index.sameFile(before.print());
      if (known == null && !surely && mayBeUnfinished(before)) {
        retryLater(path, false, quiet);
        return;
      }
      if (read(path, before, known)) {
        return;
      }
    }
    retryLater(path, surely, quiet); // it changes faster than it can be read
  }

  private boolean read(String path, Stat before, @Nullable Entry known) throws IOException {
    Inline small = null;
    Sha256 content;
    try {
      if (before.print().size() <= Outbox.INLINE_BYTES_MAX) {
        small = new Inline(Disk.readUpTo(folder.resolve(path), Outbox.INLINE_BYTES_MAX));
        content = Sha256.of(small.bytes());
      } else {
        content = known == null ? Disk.hash(folder.resolve(path)) : known.item().sha256();
      }
    } catch (java.nio.file.NoSuchFileException e) {
      return false;
    }
    return before.equals(folder.stat(path)) && replica.localFile(path, before, content, small);
  }

  private boolean mayBeUnfinished(Stat stat) {
    long age =
        TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - stat.print().mtimeNanos();
    return age >= 0 && age < quiet.toNanos();
  }

  private void retryLater(String path, boolean surely, Duration delay) {
    if (later.size() < LATER_MAX && later.add(path)) {
      replica.after(delay, () -> {
        later.remove(path);
        if (surely) {
          written(path);
        } else {
          found(path);
        }
      });
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
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
