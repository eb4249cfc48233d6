package appliance.cluster.raft;

import appliance.runtime.Force;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jgroups.protocols.raft.LogEntry;

/**
 * The file of the log's entries, written as a whole, as the library reads it (1.1.4, {@code
 * LogEntryStorage}). Each entry is a byte 1, four bytes for its length with this head, eight for its
 * term, eight for its index, one for whether it is the library's own, four for the command's length, and
 * the command.
 */
final class EntryFile {

  private static final byte MAGIC = 1;
  private static final int HEAD_BYTES = 1 + Integer.BYTES + 2 * Long.BYTES + 1 + Integer.BYTES;

  private EntryFile() {}

  /** Replaces the file in {@code folder} by one that begins with {@code first}; on disk, or as it was. */
  static void write(Path folder, long first, List<LogEntry> entries) throws IOException {
    Path part = folder.resolve("entries.part");
    try (FileChannel channel = FileChannel.open(
        part,
        StandardOpenOption.WRITE,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING)) {
      long index = first;
      for (LogEntry entry : entries) {
        ByteBuffer bytes = bytes(index++, entry);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
      channel.force(true);
    }
    Files.move(
        part,
        folder.resolve("entries.raft"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    Force.DISK.of(folder);
  }

  private static ByteBuffer bytes(long index, LogEntry entry) {
    int length = HEAD_BYTES + entry.length();
    return ByteBuffer.allocate(length)
        .put(MAGIC)
        .putInt(length)
        .putLong(entry.term())
        .putLong(index)
        .put((byte) (entry.internal() ? 1 : 0))
        .putInt(entry.length())
        .put(entry.command(), entry.offset(), entry.length())
        .flip();
  }
}
