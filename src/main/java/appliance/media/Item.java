package appliance.media;

import java.util.Comparator;
import java.util.Optional;

/**
 * What one path holds in one version: the unit that nodes tell each other. Never changed once made.
 *
 * @param deleted whether this is the memory of a delete; {@code sha256} is then the deleted content's
 * @param size in bytes; 0 if deleted
 * @param mtimeMicros the file's modification time, or when it was deleted, since 1970
 * @param mode permission bits, read and write only
 */
record Item(
    String path,
    boolean deleted,
    long size,
    long mtimeMicros,
    int mode,
    Sha256 sha256,
    Version version) {

  static final int MODE_MASK = 0666;

  /**
   * The order in which one of two changes wins. It follows causality, as counters do; only between
   * concurrent changes does the clock decide, and then the author and the content.
   */
  private static final Comparator<Item> PRECEDENCE = Comparator.<Item>comparingLong(
          item -> item.version().last().counter())
      .thenComparingLong(Item::mtimeMicros)
      .thenComparing(item -> item.version().last().author())
      .thenComparing(Item::sha256)
      .thenComparing(Item::deleted)
      .thenComparingInt(Item::mode)
      .thenComparing(item -> item.version().dots().toString());

  Item {
    Optional<String> wrong = Paths.problem(path);
    if (wrong.isPresent()) {
      throw new IllegalArgumentException("refused a path: " + wrong.get());
    }
    if (size < 0 || (mode & ~MODE_MASK) != 0) {
      throw new IllegalArgumentException("size or mode out of range");
    }
  }

  boolean beats(Item other) {
    return PRECEDENCE.compare(this, other) > 0;
  }

  /** Whether both leave the same on disk. */
  boolean sameContent(Item other) {
    return deleted == other.deleted && sha256.equals(other.sha256);
  }

  /** Whether {@code other} was seen by the author of this, so that replacing it loses nothing. */
  boolean follows(Item other) {
    Version.Dot change = other.version.last();
    boolean fork = change.equals(version.last()) && !sameContent(other);
    return version.knows(change) && !fork;
  }
}
