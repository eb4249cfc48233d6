package appliance.media;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees the folder change, by inotify: each file when its writer closes it, each rename, each delete,
 * in folders that appear too. Its one thread does nothing but read events and add watches.
 */
final class Watcher implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Watcher.class);

  private static final int MASK = Inotify.MODIFY
      | Inotify.CLOSE_WRITE
      | Inotify.MOVED_FROM
      | Inotify.MOVED_TO
      | Inotify.CREATE
      | Inotify.DELETE
      | Inotify.ONLYDIR
      | Inotify.DONT_FOLLOW
      | Inotify.EXCL_UNLINK;
  private static final int BUFFER_BYTES = 256 * 1024;
  private static final int HEADER_BYTES = 16;
  private static final int WRITING_MAX = 10_000;
  private static final int LEAVING_MAX = 10_000;
  private static final int PAIR_MILLIS = 20;

  private final Inotify inotify;
  private final Folder folder;
  private final Changes changes;
  private final int events;
  private final int stop;
  private final Thread thread;
  private final CountDownLatch watching = new CountDownLatch(1);
  private final Map<Integer, String> folderOf = new HashMap<>();
  private final TreeMap<String, Integer> watchOf = new TreeMap<>();
  private final Set<String> writing = ConcurrentHashMap.newKeySet();
  private final Map<Integer, Leaving> leaving = new LinkedHashMap<>();
  private volatile String problem = "";

  /** The first half of a rename, by its cookie. */
  private record Leaving(String path, long dueNanos) {}

  /**
   * @throws LastErrorException if the kernel gives no inotify instance
   * @throws UnsatisfiedLinkError if it cannot be called here
   */
  Watcher(Folder folder, Changes changes) {
    this.folder = folder;
    this.changes = changes;
    inotify = Inotify.load();
    events = inotify.inotify_init1(Inotify.NONBLOCK_CLOEXEC);
    stop = inotify.eventfd(0, Inotify.NONBLOCK_CLOEXEC);
    thread = new Thread(this::run, "media-watch");
    thread.setDaemon(true);
  }

  /** Returns when every folder that is there now is watched, or after {@code seconds}. */
  boolean start(int seconds) throws InterruptedException {
    thread.start();
    return watching.await(seconds, TimeUnit.SECONDS);
  }

  /** Why not all folders are watched; empty if they are. */
  String problem() {
    return problem;
  }

  /** Whether a program has written to this file and has not closed it yet. */
  boolean isWriting(String path) {
    return writing.contains(path);
  }

  private void run() {
    try (Memory buffer = new Memory(BUFFER_BYTES);
        Memory polled = new Memory(2 * Inotify.POLLFD_BYTES)) {
      watchTree("", false);
      watching.countDown();
      while (true) {
        pollOn(polled, 0, events);
        pollOn(polled, Inotify.POLLFD_BYTES, stop);
        int ready = inotify.poll(polled, 2, leaving.isEmpty() ? -1 : PAIR_MILLIS);
        if (polled.getShort(Inotify.POLLFD_BYTES + 6) != 0) {
          return;
        }
        if (ready > 0) {
          readEvents(buffer);
        }
        goneWithoutTrace();
      }
    } catch (RuntimeException | Error e) {
      problem = "inotify failed (" + e.getMessage() + "); changes are found by rescans";
      log.error("Watching the media folder ended; changes are found by rescans only", e);
    } finally {
      watching.countDown();
      inotify.close(events);
      inotify.close(stop);
    }
  }

  /** A name that was left and not taken up elsewhere in the folder for a moment is gone. */
  private void goneWithoutTrace() {
    long now = System.nanoTime();
    leaving.values().removeIf(left -> {
      boolean due = now - left.dueNanos() >= 0;
      if (due) {
        changes.gone(left.path());
      }
      return due;
    });
  }

  /** The new name first: so the file is known under it before the old one is missed. */
  private void arrived(int cookie) {
    Leaving left = leaving.remove(cookie);
    if (left != null) {
      changes.gone(left.path());
    }
  }

  private void left(int cookie, String path) {
    if (leaving.size() >= LEAVING_MAX) {
      changes.gone(path);
      return;
    }
    long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PAIR_MILLIS);
    leaving.put(cookie, new Leaving(path, due));
  }

  private static void pollOn(Memory polled, long at, int fd) {
    polled.setInt(at, fd);
    polled.setShort(at + 4, Inotify.POLLIN);
    polled.setShort(at + 6, (short) 0);
  }

  private void readEvents(Memory buffer) {
    long read = inotify.read(events, buffer, BUFFER_BYTES);
    for (long at = 0; at < read; ) {
      int nameBytes = buffer.getInt(at + 12);
      byte[] name = buffer.getByteArray(at + HEADER_BYTES, nameBytes);
      event(buffer.getInt(at), buffer.getInt(at + 4), buffer.getInt(at + 8), name);
      at += HEADER_BYTES + nameBytes;
    }
  }

  private void event(int watch, int mask, int cookie, byte[] rawName) {
    if ((mask & Inotify.Q_OVERFLOW) != 0) {
      writing.clear(); // their closes may be among what was lost
      changes.missed("more changes at once than fs.inotify.max_queued_events allows");
      return;
    }
    if ((mask & Inotify.IGNORED) != 0) {
      String ended = folderOf.remove(watch);
      if (ended != null) {
        watchOf.remove(ended, watch);
      }
      return;
    }
    String parent = folderOf.get(watch);
    String name = decode(rawName);
    if (parent == null || name == null || Paths.nameProblem(name).isPresent()) {
      return; // the scanner says which names are left out
    }
    String path = Paths.child(parent, name);
    if ((mask & Inotify.ISDIR) != 0) {
      folderEvent(mask, cookie, path);
    } else {
      fileEvent(mask, cookie, path);
    }
  }

  private void folderEvent(int mask, int cookie, String path) {
    if ((mask & (Inotify.CREATE | Inotify.MOVED_TO)) != 0) {
      watchTree(path, true);
      arrived(cookie);
    } else if ((mask & Inotify.MOVED_FROM) != 0) {
      unwatchTree(path);
      left(cookie, path);
    } else if ((mask & Inotify.DELETE) != 0) {
      unwatchTree(path);
      changes.gone(path);
    }
  }

  private void fileEvent(int mask, int cookie, String path) {
    if (mask == Inotify.MODIFY) {
      if (writing.size() < WRITING_MAX) {
        writing.add(path);
      }
      return;
    }
    if ((mask & Inotify.CREATE) != 0) {
      return; // its close follows; a hard link is found by the next rescan
    }
    writing.remove(path);
    if ((mask & Inotify.CLOSE_WRITE) != 0) {
      changes.written(path);
    } else if ((mask & Inotify.MOVED_TO) != 0) {
      changes.found(path);
      arrived(cookie);
    } else if ((mask & Inotify.MOVED_FROM) != 0) {
      left(cookie, path);
    } else {
      changes.gone(path);
    }
  }

  /** The name up to the padding; null if it is not UTF-8. */
  private static @Nullable String decode(byte[] raw) {
    int length = 0;
    while (length < raw.length && raw[length] != 0) {
      length++;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(raw, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** First the watch, then the look inside: so whatever comes in between is seen by one of them. */
  private void watchTree(String path, boolean report) {
    if (!watch(path)) {
      return;
    }
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder.resolve(path))) {
      for (Path file : children) {
        Optional<String> name = Scanner.replicable(file);
        if (name.isEmpty()) {
          continue;
        }
        String child = Paths.child(path, name.get());
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
          watchTree(child, report);
        } else if (report) {
          changes.found(child);
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      changes.missed("folder '" + path + "' could not be listed: " + e.getMessage());
    }
  }

  private boolean watch(String path) {
    byte[] name = (folder.resolve(path) + "\0").getBytes(StandardCharsets.UTF_8);
    try {
      int watch = inotify.inotify_add_watch(events, name, MASK);
      String before = folderOf.put(watch, path);
      if (before != null && !before.equals(path)) {
        watchOf.remove(before, watch);
      }
      watchOf.put(path, watch);
      return true;
    } catch (LastErrorException e) {
      if (e.getErrorCode() == Inotify.ENOSPC) {
        limitReached();
        return true; // still to be looked through, if only once
      }
      boolean vanished = e.getErrorCode() == Inotify.ENOENT || e.getErrorCode() == Inotify.ENOTDIR;
      if (!vanished) {
        changes.missed("folder '" + path + "' cannot be watched: " + e.getMessage());
      }
      return false;
    }
  }

  private void limitReached() {
    if (problem.isEmpty()) {
      problem = "more folders than fs.inotify.max_user_watches allows; raise it with sysctl";
      log.warn(
          "Not all {}+ folders of {} can be watched: the kernel's limit on inotify watches is"
              + " reached (this is not about disk space). Raise it: sysctl"
              + " fs.inotify.max_user_watches=1048576. Until then changes in the other folders are"
              + " found by rescans",
          watchOf.size(),
          folder.root());
    }
  }

  private void unwatchTree(String path) {
    unwatch(path);
    String below = path + "/";
    for (String key = watchOf.ceilingKey(below);
        key != null && key.startsWith(below);
        key = watchOf.ceilingKey(below)) {
      unwatch(key);
    }
  }

  private void unwatch(String path) {
    Integer watch = watchOf.remove(path);
    if (watch != null && path.equals(folderOf.get(watch))) {
      folderOf.remove(watch);
      try {
        inotify.inotify_rm_watch(events, watch);
      } catch (LastErrorException e) {
        log.debug("The watch on {} had ended already", path);
      }
    }
  }

  /** Ends the thread and gives the watches back to the kernel. */
  @Override
  public void close() {
    if (!thread.isAlive()) {
      return;
    }
    inotify.write(stop, new byte[] {1, 0, 0, 0, 0, 0, 0, 0}, Long.BYTES);
    try {
      thread.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
