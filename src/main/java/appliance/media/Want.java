package appliance.media;

import appliance.model.NodeId;
import java.util.Set;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Something that this node does not hold yet.
 *
 * @param sources nodes that said they hold it
 * @param content if it came with the announcement
 * @param attempts failed ones so far
 * @param dueNanos on {@link System#nanoTime}, when to try next
 */
record Want(Item item, Set<NodeId> sources, @Nullable Inline content, int attempts, long dueNanos)
    implements Delayed {

  static final long SMALL_BYTES_MAX = 1024 * 1024;

  Want {
    sources = Set.copyOf(sources);
  }

  boolean isSmall() {
    return item.size() <= SMALL_BYTES_MAX;
  }

  int contentBytes() {
    return content == null ? 0 : content.length();
  }

  @Override
  public long getDelay(TimeUnit unit) {
    return unit.convert(dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  @Override
  public int compareTo(Delayed other) {
    return Long.compare(dueNanos - ((Want) other).dueNanos, 0);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return item.path().hashCode();
  }
}
