package appliance.media;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What nodes broadcast: one byte of format, one of kind, a count, and as many parts.
 *
 * @param changes what the sender has changed
 * @param holdings what the sender now holds of others' changes
 */
record Message(List<Change> changes, List<Holding> holdings) {

  private static final int FORMAT = 1;
  private static final int CHANGES = 1;
  private static final int HOLDINGS = 2;
  private static final int PARTS_MAX = 10_000;

  /** An item and, if it is small, the content itself. */
  record Change(Item item, @Nullable Inline content) {

    int bytes() {
      return 128
          + 3 * item.path().length()
          + 24 * item.version().dots().size()
          + (content == null ? 0 : content.length());
    }
  }

  /** The sender holds {@code change} of {@code path}. */
  record Holding(String path, Version.Dot change) {

    int bytes() {
      return 32 + 3 * path.length();
    }
  }

  static byte[] changes(List<Change> changes) {
    return Wire.bytes(out -> {
      out.writeByte(FORMAT);
      out.writeByte(CHANGES);
      out.writeInt(changes.size());
      for (Change change : changes) {
        Wire.putItem(out, change.item());
        Inline content = change.content();
        out.writeInt(content == null ? -1 : content.length());
        if (content != null) {
          out.write(content.bytes());
        }
      }
    });
  }

  static byte[] holdings(List<Holding> holdings) {
    return Wire.bytes(out -> {
      out.writeByte(FORMAT);
      out.writeByte(HOLDINGS);
      out.writeInt(holdings.size());
      for (Holding holding : holdings) {
        Wire.putText(out, holding.path());
        Wire.putUuid(out, holding.change().author());
        out.writeLong(holding.change().counter());
      }
    });
  }

  /**
   * @throws IOException if these bytes are no such message
   */
  static Message read(byte[] bytes) throws IOException {
    DataInputStream in = Wire.reader(bytes);
    if (in.readUnsignedByte() != FORMAT) {
      throw new IOException("a message of another version");
    }
    int kind = in.readUnsignedByte();
    int count = in.readInt();
    if (count < 0 || count > PARTS_MAX || (kind != CHANGES && kind != HOLDINGS)) {
      throw new IOException("not a message of the media folder");
    }
    List<Change> changes = new ArrayList<>();
    List<Holding> holdings = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (kind == CHANGES) {
        changes.add(change(in));
      } else {
        holdings.add(holding(in));
      }
    }
    return new Message(changes, holdings);
  }

  private static Change change(DataInputStream in) throws IOException {
    Item item = Wire.item(in);
    int length = in.readInt();
    if (length < -1 || length > Outbox.INLINE_BYTES_MAX) {
      throw new IOException("a content of impossible length");
    }
    if (length < 0) {
      return new Change(item, null);
    }
    byte[] content = new byte[length];
    in.readFully(content);
    return new Change(item, new Inline(content));
  }

  private static Holding holding(DataInputStream in) throws IOException {
    String path = Wire.text(in);
    try {
      return new Holding(path, new Version.Dot(Wire.uuid(in), in.readLong()));
    } catch (IllegalArgumentException e) {
      throw new IOException("not a change", e);
    }
  }
}
