package appliance.cluster.raft;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jgroups.protocols.raft.LogEntry;
import org.jspecify.annotations.Nullable;

/**
 * A checksum behind each entry's command, which tells an entry from a part of one, or of another: four
 * bytes, the CRC-32C of index, term, kind and command.
 */
final class EntrySeal {

  private static final byte[] NOTHING = new byte[0];

  private EntrySeal() {}

  static LogEntry sealed(long index, LogEntry entry) {
    byte[] command = entry.command() == null
        ? NOTHING
        : Arrays.copyOfRange(entry.command(), entry.offset(), entry.offset() + entry.length());
    byte[] sealed = ByteBuffer.allocate(command.length + Integer.BYTES)
        .put(command)
        .putInt(sum(index, entry, command))
        .array();
    return new LogEntry(entry.term(), sealed).internal(entry.internal());
  }

  /** What was sealed, or null if it is not what was sealed as this entry. */
  static @Nullable LogEntry opened(long index, @Nullable LogEntry sealed) {
    if (sealed == null || sealed.length() < Integer.BYTES) {
      return null;
    }
    ByteBuffer content = ByteBuffer.wrap(sealed.command(), sealed.offset(), sealed.length());
    byte[] command = new byte[sealed.length() - Integer.BYTES];
    content.get(command);
    return content.getInt() == sum(index, sealed, command)
        ? new LogEntry(sealed.term(), command).internal(sealed.internal())
        : null;
  }

  private static int sum(long index, LogEntry entry, byte[] command) {
    ByteBuffer head = ByteBuffer.allocate(Long.BYTES + Long.BYTES + 1);
    head.putLong(index)
        .putLong(entry.term())
        .put((byte) (entry.internal() ? 1 : 0))
        .flip();
    CRC32C sum = new CRC32C();
    sum.update(head);
    sum.update(command);
    return (int) sum.getValue();
  }
}
