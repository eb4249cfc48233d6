package appliance.cluster.raft;

import appliance.runtime.Force;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jgroups.protocols.raft.LogEntry;

/**
 * The snapshot beside the log: whole or not there, and with the place in the log that it goes up to, so
 * that nothing is applied to it twice. Used by the consensus's one thread.
 *
 * <p>Eight bytes for the index, eight for the term, four for the CRC-32C of the content, the content.
 */
final class SnapshotFile {

  static final String NAME = "state_snapshot.raft";

  private static final int HEADER_BYTES = Long.BYTES + Long.BYTES + Integer.BYTES;

  private final Path folder;
  private final Path file;
  private final Path part;

  /** The last entry that a snapshot holds. */
  record Position(long index, long term) {

    boolean isIn(DurableLog log) {
      LogEntry own = index <= log.lastAppended() ? log.get(index) : null;
      return own != null && own.term() == term;
    }
  }

  SnapshotFile(Path folder) {
    this.folder = folder;
    file = folder.resolve(NAME);
    part = folder.resolve("state_snapshot.part");
  }

  /**
   * How far the snapshot goes, if there is one.
   *
   * @throws IOException if it is damaged
   */
  Optional<Position> position() throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    ByteBuffer whole = ByteBuffer.wrap(Files.readAllBytes(file));
    if (whole.remaining() < HEADER_BYTES) {
      throw damaged();
    }
    Position position = new Position(whole.getLong(), whole.getLong());
    int sum = whole.getInt();
    if (sum != sum(whole) || position.index() <= 0) {
      throw damaged();
    }
    return Optional.of(position);
  }

  private IOException damaged() {
    return new LogFiles.Damage("the snapshot " + file + " is damaged, or of an earlier build");
  }

  /** The state, if there is a snapshot. */
  Optional<ByteBuffer> content() throws IOException {
    if (position().isEmpty()) {
      return Optional.empty();
    }
    ByteBuffer whole = ByteBuffer.wrap(Files.readAllBytes(file));
    return Optional.of(whole.position(HEADER_BYTES).slice());
  }

  /** Replaces the snapshot; on disk when it returns. */
  void write(Position at, ByteBuffer content) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.putLong(at.index()).putLong(at.term()).putInt(sum(content)).flip();
    try (FileChannel channel = FileChannel.open(
        part,
        StandardOpenOption.WRITE,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING)) {
      for (ByteBuffer piece : new ByteBuffer[] {header, content.duplicate()}) {
        while (piece.hasRemaining()) {
          channel.write(piece);
        }
      }
      channel.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Force.DISK.of(folder);
  }

  private static int sum(ByteBuffer content) {
    CRC32C sum = new CRC32C();
    sum.update(content.duplicate());
    return (int) sum.getValue();
  }
}
