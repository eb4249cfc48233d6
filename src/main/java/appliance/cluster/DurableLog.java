package appliance.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.function.Consumer;
import org.jgroups.Address;
import org.jgroups.protocols.raft.FileBasedLog;
import org.jgroups.protocols.raft.Log;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;

/**
 * The library's log file, made to keep its word: an entry that could not be written is not acknowledged,
 * the term never falls, and votes and snapshots are on disk before anything is built on them. (The
 * library prints a failed write and acknowledges it, lowers the term when it cuts the log, and forces
 * neither.) Used by the consensus's one thread.
 */
final class DurableLog extends FileBasedLog {

  private final Path folder;
  private final Consumer<String> onFailure;

  DurableLog(Path folder, Consumer<String> onFailure) {
    this.folder = folder;
    this.onFailure = onFailure;
  }

  void open() throws Exception {
    Files.createDirectories(folder);
    init(folder.toString(), Map.of());
    useFsync(true);
  }

  @Override
  public long append(long index, LogEntries entries) {
    long expected = index + entries.size() - 1;
    long last = super.append(index, entries);
    if (last != expected) {
      throw failure("entry " + expected + " could not be written", null);
    }
    return last;
  }

  @Override
  public Log currentTerm(long term) {
    return term > currentTerm() ? super.currentTerm(term) : this;
  }

  @Override
  public void reinitializeTo(long index, LogEntry entry) {
    long term = currentTerm();
    super.reinitializeTo(index, entry);
    if (commitIndex() != index) {
      throw failure("the log could not be set to entry " + index, null);
    }
    currentTerm(term);
  }

  @Override
  public Log votedFor(Address member) {
    super.votedFor(member);
    force(folder.resolve("metadata.raft"));
    return this;
  }

  @Override
  public void setSnapshot(ByteBuffer snapshot) {
    Path target = folder.resolve("state_snapshot.raft");
    Path part = folder.resolve("state_snapshot.part");
    try {
      try (FileChannel channel = FileChannel.open(
          part,
          StandardOpenOption.WRITE,
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING)) {
        while (snapshot.hasRemaining()) {
          channel.write(snapshot);
        }
        channel.force(true);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failure("the snapshot could not be written", e);
    }
  }

  private void force(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    } catch (IOException e) {
      throw failure("the vote could not be written", e);
    }
  }

  private UncheckedIOException failure(
      String what, @org.jspecify.annotations.Nullable IOException cause) {
    onFailure.accept(what + " in " + folder);
    return new UncheckedIOException(what, cause == null ? new IOException(what) : cause);
  }
}
