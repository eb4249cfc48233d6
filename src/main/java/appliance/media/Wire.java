package appliance.media;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** How items look as bytes: between nodes and in the index. Big-endian, no padding. */
final class Wire {

  private static final int DELETED = 1;

  private Wire() {}

  /** Writes into memory, which does not fail. */
  @FunctionalInterface
  interface Body {
    void write(DataOutputStream out) throws IOException;
  }

  static byte[] bytes(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try {
      body.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  static DataInputStream reader(byte[] bytes) {
    return new DataInputStream(new ByteArrayInputStream(bytes));
  }

  static void putText(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeShort(bytes.length);
    out.write(bytes);
  }

  static String text(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readUnsignedShort()];
    in.readFully(bytes);
    return StandardCharsets.UTF_8
        .newDecoder()
        .decode(java.nio.ByteBuffer.wrap(bytes))
        .toString();
  }

  static void putUuid(DataOutputStream out, UUID uuid) throws IOException {
    out.writeLong(uuid.getMostSignificantBits());
    out.writeLong(uuid.getLeastSignificantBits());
  }

  static UUID uuid(DataInputStream in) throws IOException {
    return new UUID(in.readLong(), in.readLong());
  }

  static void putItem(DataOutputStream out, Item item) throws IOException {
    putText(out, item.path());
    putValue(out, item);
  }

  /**
   * @throws IOException if this is no item that this node would accept
   */
  static Item item(DataInputStream in) throws IOException {
    return value(in, text(in));
  }

  /** An item without its path. */
  static void putValue(DataOutputStream out, Item item) throws IOException {
    out.writeByte(item.deleted() ? DELETED : 0);
    out.writeLong(item.size());
    out.writeLong(item.mtimeMicros());
    out.writeShort(item.mode());
    out.write(item.sha256().bytes());
    List<Version.Dot> dots = item.version().dots();
    out.writeByte(dots.size());
    for (Version.Dot dot : dots) {
      putUuid(out, dot.author());
      out.writeLong(dot.counter());
    }
  }

  static Item value(DataInputStream in, String path) throws IOException {
    boolean deleted = in.readUnsignedByte() == DELETED;
    long size = in.readLong();
    long mtime = in.readLong();
    int mode = in.readUnsignedShort();
    byte[] sha256 = new byte[Sha256.BYTES];
    in.readFully(sha256);
    int count = in.readUnsignedByte();
    List<Version.Dot> dots = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        dots.add(new Version.Dot(uuid(in), in.readLong()));
      }
      return new Item(path, deleted, size, mtime, mode, Sha256.from(sha256), new Version(dots));
    } catch (IllegalArgumentException e) {
      throw new IOException("not an item: " + e.getMessage(), e);
    }
  }
}
