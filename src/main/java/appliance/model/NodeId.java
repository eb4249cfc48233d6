package appliance.model;

import java.util.UUID;

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

  @Override
  public String toString() {
    return value.toString();
  }
}
