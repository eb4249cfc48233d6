package appliance.files;

import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What tells one state of a file on disk from another.
 *
 * @param file its real path: no symlink in it
 * @param key device and inode
 */
record Stamp(Path file, @Nullable Object key, long size, FileTime modified) {

  /** A clock tick of the file system, and some more: two changes within it leave the same time. */
  private static final long TICK_MILLIS = 100;

  /** The same for a file system that keeps full seconds only. */
  private static final long COARSE_TICK_MILLIS = 2_000;

  static Stamp of(Path file, BasicFileAttributes attributes) {
    return new Stamp(file, attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
  }

  long modifiedNanos() {
    return modified.to(TimeUnit.NANOSECONDS);
  }

  /**
   * Whether any later change must show in the stamp, so that content may be kept by it. A time in the
   * future was set by somebody, and not by a change just now.
   */
  boolean isSettled(long nowMillis) {
    boolean coarse = modifiedNanos() % 1_000_000_000 == 0;
    return Math.abs(nowMillis - modified.toMillis()) > (coarse ? COARSE_TICK_MILLIS : TICK_MILLIS);
  }

  /**
   * A strong entity tag. The inode stays out of it, and of the time what is below the microsecond, as files
   * that came from another node have none of it: nodes which hold the same file give the same tag. Before a
   * stamp is settled its content may still change unseen: then the tag is one that never comes again.
   */
  String entityTag(String suffix, long nowMillis) {
    return isSettled(nowMillis)
        ? tag(suffix)
        : tag(suffix + "-" + Long.toHexString(ThreadLocalRandom.current().nextLong()));
  }

  private String tag(String suffix) {
    long micros = modified.to(TimeUnit.MICROSECONDS);
    return '"' + Long.toHexString(size) + '-' + Long.toHexString(micros) + suffix + '"';
  }
}
