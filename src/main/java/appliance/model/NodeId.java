package appliance.model;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A node's identity: made once, kept in its data folder, never reused for another machine. */
public record NodeId(UUID value) implements Comparable<NodeId> {

  public static NodeId random() {
    return new NodeId(UUID.randomUUID());
  }

  /**
   * Reads the canonical 36-character form.
   *
   * @throws IllegalArgumentException if {@code text} is not such a UUID
   */
  public static NodeId parse(String text) {
    UUID uuid = UUID.fromString(text);
    if (!uuid.toString().equals(text)) {
      throw new IllegalArgumentException("not a node id: " + text);
    }
    return new NodeId(uuid);
  }

  @Override
  public int compareTo(NodeId other) {
    return value.compareTo(other.value);
  }

  // Equality by hand, here and in HostPort: what a record brings is linked at the first use, which
  // takes milliseconds of each start.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NodeId id && id.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
