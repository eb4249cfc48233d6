package appliance.media;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node holds, by path, on disk beside the folder: crash-safe, and made anew from the folder
 * if it is lost. Any thread may read; only {@code Replica}'s writes.
 */
final class Index implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Index.class);

  private static final String OWNER = "owner";

  /** Of this life and the last ones, in order. */
  private static final String AUTHORS = "authors";

  /** Of the machine, for as long as this is open. */
  static final String BOOT = "boot";

  private static final String DOUBTFUL = "doubtful";
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private static final int CACHE_MEGABYTES = 8;
  private static final int COMMIT_MILLIS = 200;

  private final MVStore store;
  private final MVMap<String, byte[]> entries;
  private final MVMap<String, String> paths;
  private final MVMap<String, Long> unconfirmed;
  private final MVMap<String, String> meta;
  private final Digests digests = new Digests();
  private final AtomicLong files = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final UUID author = UUID.randomUUID();

  private Index(MVStore store, String owner) {
    this.store = store;
    entries = store.openMap("entries");
    paths = store.openMap("paths");
    unconfirmed = store.openMap("unconfirmed");
    meta = store.openMap("meta");
    if (!owner.equals(meta.get(OWNER))) {
      meta.put(OWNER, owner); // another node's index, or a new one
      meta.remove(AUTHORS);
    }
    List<String> authors = new ArrayList<>(formerAuthors());
    authors.add(author.toString());
    int more = Math.max(0, authors.size() - Version.DOTS_MAX);
    meta.put(AUTHORS, String.join(",", authors.subList(more, authors.size())));
    noteBoot();
    entries.forEach((path, value) -> count(decode(path, value), 1));
  }

  /** The machine has been started anew, and this was not closed before: what was not forced to disk is lost. */
  private void noteBoot() {
    String now = "";
    try {
      now = Files.readString(BOOT_ID).strip();
    } catch (IOException e) {
      log.debug("This machine does not tell one start of it from another", e);
    }
    String before = meta.put(BOOT, now);
    if (before != null && !before.equals(now)) {
      meta.put(DOUBTFUL, "1");
    }
  }

  /** Whether files on disk may be older than what this says of them, or not whole: the power has failed. */
  boolean isDoubtful() {
    return meta.containsKey(DOUBTFUL);
  }

  /** What differed on disk has been taken out. */
  void settled() {
    meta.remove(DOUBTFUL);
  }

  /** Opens the index in {@code folder}; a broken one is set aside, as the folder can replace it. */
  static Index open(Path folder, String owner) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve("index.mv");
    try {
      return new Index(store(file), owner);
    } catch (MVStoreException | IllegalStateException e) {
      if (e instanceof MVStoreException store
          && store.getErrorCode() == DataUtils.ERROR_FILE_LOCKED) {
        throw new IOException("another program has " + file + " open: is this node running?", e);
      }
      Path aside = folder.resolve("index.broken");
      log.error("The media index cannot be read; it is made anew, the old one is {}", aside, e);
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      return new Index(store(file), owner);
    }
  }

  private static MVStore store(Path file) {
    MVStore store = new MVStore.Builder()
        .fileName("async:" + file) // unlike the default, survives an interrupted reader
        .cacheSize(CACHE_MEGABYTES)
        .backgroundExceptionHandler((thread, e) -> log.error("The media index cannot be saved", e))
        .open();
    store.setAutoCommitDelay(COMMIT_MILLIS);
    return store;
  }

  private List<String> formerAuthors() {
    String known = meta.get(AUTHORS);
    return known == null ? List.of() : List.of(known.split(","));
  }

  /**
   * This memory's name in versions, new each time it is opened, so that no counter is used twice: after a kill
   * it has forgotten a moment, and after a machine was set back to an older copy, much more.
   */
  UUID author() {
    return author;
  }

  /** Whether that was this node, now or in one of its last lives. */
  boolean isOwn(UUID other) {
    return formerAuthors().contains(other.toString());
  }

  @Nullable
  Entry get(String path) {
    byte[] value = entries.get(path);
    return value == null ? null : decode(path, value);
  }

  void put(Entry entry) {
    String path = entry.item().path();
    byte[] old = entries.put(path, encode(entry));
    if (old != null) {
      Entry before = decode(path, old);
      count(before, -1);
      dropPointer(contentKey(before.item().sha256()), path);
      if (before.print().inode() != entry.print().inode()) {
        dropPointer(inodeKey(before.print().inode()), path);
      }
    }
    count(entry, 1);
    if (entry.isFile()) {
      paths.put(contentKey(entry.item().sha256()), path);
      paths.put(inodeKey(entry.print().inode()), path);
    }
  }

  void forget(String path) {
    byte[] old = entries.remove(path);
    if (old != null) {
      Entry before = decode(path, old);
      count(before, -1);
      dropPointer(contentKey(before.item().sha256()), path);
      dropPointer(inodeKey(before.print().inode()), path);
      unconfirmed.remove(path);
    }
  }

  private void dropPointer(String key, String path) {
    if (path.equals(paths.get(key))) {
      paths.remove(key);
    }
  }

  private void count(Entry entry, int sign) {
    if (sign > 0) {
      digests.add(entry.item());
    } else {
      digests.subtract(entry.item());
    }
    if (entry.isFile()) {
      files.addAndGet(sign);
      bytes.addAndGet(sign * entry.item().size());
    }
  }

  /** A file of this node that held {@code content} when last seen. */
  @Nullable
  Entry holder(Sha256 content) {
    Entry found = pointed(contentKey(content));
    return found != null && found.isFile() && found.item().sha256().equals(content) ? found : null;
  }

  /** What is known of a file that had another name until now: same inode, size and mtime. */
  @Nullable
  Entry sameFile(FileStamp print) {
    Entry found = pointed(inodeKey(print.inode()));
    return found != null && found.print().equals(print) ? found : null;
  }

  private @Nullable Entry pointed(String key) {
    String path = paths.get(key);
    return path == null ? null : get(path);
  }

  private static String contentKey(Sha256 content) {
    return "c" + content;
  }

  private static String inodeKey(long inode) {
    return "i" + Long.toHexString(inode);
  }

  /** Entries in order of their paths, from {@code after} (exclusive) on; null for all. */
  Iterator<Entry> entriesAfter(@Nullable String after) {
    String from = after == null ? null : entries.higherKey(after);
    if (after != null && from == null) {
      return java.util.Collections.emptyIterator();
    }
    org.h2.mvstore.Cursor<String, byte[]> cursor = entries.cursor(from);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return cursor.hasNext();
      }

      @Override
      public Entry next() {
        String path = cursor.next();
        return decode(path, cursor.getValue());
      }
    };
  }

  /** Remembers a change made here that no other node is known to hold. */
  void addUnconfirmed(Item item) {
    unconfirmed.put(item.path(), item.version().last().counter());
  }

  /** Some other node holds the path as it is here, or a later one. */
  boolean confirm(String path) {
    return unconfirmed.remove(path) != null;
  }

  MVMap<String, Long> unconfirmed() {
    return unconfirmed;
  }

  Map<String, String> meta() {
    return meta;
  }

  Digests digests() {
    return digests;
  }

  long files() {
    return files.get();
  }

  long bytes() {
    return bytes.get();
  }

  long lines() {
    return entries.sizeAsLong();
  }

  private static byte[] encode(Entry entry) {
    return Wire.bytes(out -> {
      Wire.putValue(out, entry.item());
      out.writeLong(entry.print().inode());
      out.writeLong(entry.print().size());
      out.writeLong(entry.print().mtimeNanos());
    });
  }

  private static Entry decode(String path, byte[] value) {
    try {
      DataInputStream in = Wire.reader(value);
      Item item = Wire.value(in, path);
      return new Entry(item, new FileStamp(in.readLong(), in.readLong(), in.readLong()));
    } catch (IOException e) {
      throw new IllegalStateException("the media index holds what it cannot have written", e);
    }
  }

  @Override
  public void close() {
    meta.remove(BOOT);
    store.close();
  }
}
