package appliance.files;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What was found at which path not longer than a second ago, with the content of small files that were
 * asked for more than once. Readers on any thread take no lock; writers take one. Within its bytes the
 * least recently used go first (second chance).
 */
final class FileCache {

  /** How long a path is believed without a look at the disk. */
  static final long FRESH_NANOS = 1_000_000_000L;

  private static final int MISS_CHARS_MAX = 256;

  /** One path's asset and when it was last seen to be so. */
  static final class Entry {

    private final String path;
    private final Asset asset;
    private final long bytes;
    private final AtomicBoolean checking = new AtomicBoolean();
    private volatile long checkedNanos;
    private volatile boolean used;

    private Entry(String path, Asset asset, long nowNanos) {
      this.path = path;
      this.asset = asset;
      bytes = asset.bytesInMemory() + 2L * path.length();
      checkedNanos = nowNanos;
    }

    Asset asset() {
      return asset;
    }
  }

  /**
   * A moment before a look at the disk: what was seen then is not kept if the path was forgotten since.
   */
  record Look(long nanos, long forgotten) {}

  private final long bytesMax;
  private final int missesMax;
  private final AtomicLong forgotten = new AtomicLong();
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();
  private final Map<String, Long> misses = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();
  /** Every entry ever put and not yet passed by the clock's hand; guarded by this. */
  private final Deque<Entry> clock = new ArrayDeque<>();

  FileCache(long bytesMax, int missesMax) {
    this.bytesMax = bytesMax;
    this.missesMax = missesMax;
  }

  /**
   * The asset if it may be served now. Once a second one caller gets null and so looks at the disk,
   * while the others still get the asset for a little longer.
   */
  @Nullable
  Asset fresh(String path, long nowNanos) {
    Entry entry = entries.get(path);
    if (entry == null) {
      return null;
    }
    long age = nowNanos - entry.checkedNanos;
    if (age > FRESH_NANOS
        && (age > FRESH_NANOS + FRESH_NANOS / 4 || entry.checking.compareAndSet(false, true))) {
      return null;
    }
    if (!entry.used) {
      entry.used = true;
    }
    return entry.asset;
  }

  /** Whether {@code asset} is what {@link #fresh} gives, with no look at the disk due yet. */
  @SuppressWarnings("ReferenceEquality") // the very content in memory, not one like it
  boolean holds(String path, Asset asset, long nowNanos) {
    Entry entry = entries.get(path);
    if (entry == null || entry.asset != asset || nowNanos - entry.checkedNanos > FRESH_NANOS) {
      return false;
    }
    if (!entry.used) {
      entry.used = true;
    }
    return true;
  }

  Look look() {
    return new Look(System.nanoTime(), forgotten.get());
  }

  /** The asset as it was when last seen, however long ago. */
  @Nullable
  Asset last(String path) {
    Entry entry = entries.get(path);
    return entry == null ? null : entry.asset;
  }

  /** Whether nothing was at {@code path} less than a second ago. */
  boolean isMissing(String path, long nowNanos) {
    Long seen = misses.get(path);
    if (seen == null) {
      return false;
    }
    if (nowNanos - seen > FRESH_NANOS) {
      misses.remove(path, seen);
      return false;
    }
    return true;
  }

  void missed(String path, Look look) {
    forgetAsset(path);
    if (path.length() > MISS_CHARS_MAX || look.forgotten() != forgotten.get()) {
      return;
    }
    if (misses.size() >= missesMax) {
      misses.clear();
    }
    misses.put(path, look.nanos());
  }

  /** The disk was just seen to hold what the entry says. */
  void confirm(String path, Look look) {
    Entry entry = entries.get(path);
    if (entry != null) {
      entry.checkedNanos = look.nanos();
      entry.checking.set(false);
    }
  }

  synchronized void put(String path, Asset asset, Look look) {
    misses.remove(path);
    if (look.forgotten() == forgotten.get()) {
      put(new Entry(path, asset, look.nanos()));
    } else {
      forgetAsset(path);
    }
  }

  /** Adds content that was read for the asset there; that makes it no fresher. */
  synchronized void fill(String path, Asset loaded) {
    Entry entry = entries.get(path);
    if (entry != null && entry.asset.sameOnDisk(loaded)) {
      put(new Entry(path, loaded, entry.checkedNanos));
    }
  }

  private synchronized void put(Entry entry) {
    if (entry.bytes > bytesMax / 4) {
      return;
    }
    String path = entry.path;
    Entry before = entries.put(path, entry);
    bytes.addAndGet(entry.bytes - (before == null ? 0 : before.bytes));
    clock.add(entry);
    evict();
  }

  private void evict() {
    int chances = clock.size();
    while (!clock.isEmpty() && (bytes.get() > bytesMax || clock.size() > 2 * entries.size() + 64)) {
      Entry oldest = clock.remove();
      if (entries.get(oldest.path) != oldest) {
        continue;
      }
      if (oldest.used && chances-- > 0) {
        oldest.used = false;
        clock.add(oldest);
      } else {
        remove(oldest.path);
      }
    }
  }

  private synchronized void remove(String path) {
    Entry gone = entries.remove(path);
    if (gone != null) {
      bytes.addAndGet(-gone.bytes);
    }
  }

  private void forgetAsset(String path) {
    if (entries.containsKey(path)) {
      remove(path);
    }
  }

  /** The next request looks at the disk. */
  void forget(String path) {
    forgotten.incrementAndGet();
    misses.remove(path);
    forgetAsset(path);
  }

  void clear() {
    entries.keySet().forEach(this::forget);
    misses.clear();
  }

  long bytes() {
    return bytes.get();
  }

  int size() {
    return entries.size();
  }
}
