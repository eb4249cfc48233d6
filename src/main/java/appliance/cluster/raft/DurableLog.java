package appliance.cluster.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import org.jgroups.Address;
import org.jgroups.protocols.raft.FileBasedLog;
import org.jgroups.protocols.raft.Log;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.jspecify.annotations.Nullable;

/**
 * The library's log file, made to keep its word: what is acknowledged is on disk, whole, and stays there
 * until a snapshot that holds it is. Used by the consensus's one thread; others may ask for numbers.
 *
 * <ul>
 *   <li>An entry carries a checksum and is read back before it is acknowledged. (The library prints a
 *       failed write and acknowledges it, and does not notice one that the disk took a part of.)
 *   <li>The term never falls, and votes are forced to disk.
 *   <li>A snapshot knows its place in the log; a log that is opened begins where the snapshot ends. (After
 *       a kill between the two the library applies entries once more to a state that holds them.)
 *   <li>The shortened log is on disk before it takes the place of the long one. (The library goes on with
 *       whatever part of it the disk took, or an earlier try left; and where a log begins with another
 *       node's snapshot, it writes no first entry, so that nothing can follow.)
 * </ul>
 */
final class DurableLog extends FileBasedLog {

  private final Path folder;
  private final SnapshotFile snapshot;
  private final Consumer<String> onFailure;
  private volatile Consumer<byte[]> onCommand = command -> {};
  private @Nullable ByteBuffer received;
  private boolean receiving;

  /** While the log is replaced by the shortened one: its last index, which stays the same. */
  private volatile long pinned;

  DurableLog(Path folder, Consumer<String> onFailure) {
    this.folder = folder;
    this.onFailure = onFailure;
    snapshot = new SnapshotFile(folder);
  }

  /**
   * Opens the log, or makes an empty one; mends what an end at any moment may have left.
   *
   * @throws IOException if the disk has lost what was written to it
   */
  void open() throws Exception {
    Files.createDirectories(folder);
    load();
    Optional<SnapshotFile.Position> held = snapshot.position();
    if (held.isPresent()) {
      beginAt(held.get());
    }
    cutTorn();
  }

  private void load() throws Exception {
    init(folder.toString(), Map.of());
    useFsync(true);
  }

  private void beginAt(SnapshotFile.Position held) {
    LogEntry own = held.index() <= lastAppended() ? get(held.index()) : null;
    if (own == null || own.term() != held.term()) {
      reset(held.index(), new LogEntry(held.term(), new byte[0]));
      return;
    }
    if (commitIndex() < held.index()) {
      commitIndex(held.index()); // it is not forced, the snapshot is
    }
    truncate(held.index());
  }

  /** What was under way when the power failed was acknowledged to nobody. */
  private void cutTorn() throws IOException {
    for (long index = Math.max(1, firstAppended()); index <= lastAppended(); index++) {
      if (get(index) == null) {
        if (index <= commitIndex()) {
          throw new IOException("the cluster's log in " + folder + " is damaged at entry " + index
              + ": check this machine's disk, run 'appliance new-identity', and start it: it joins as a"
              + " new node");
        }
        deleteAllEntriesStartingFrom(index);
      }
    }
  }

  /** Tells of each command that comes into the log, before it is written. */
  void onCommand(Consumer<byte[]> action) {
    onCommand = action;
  }

  @Override
  public long append(long index, LogEntries entries) {
    LogEntries sealed = new LogEntries();
    long at = index;
    for (LogEntry entry : entries) {
      tell(entry);
      sealed.add(EntrySeal.sealed(at++, entry));
    }
    long last = super.append(index, sealed);
    for (long next = index; next < at; next++) {
      if (last != at - 1 || get(next) == null) {
        throw failure("entry " + next + " could not be written (is the disk full?)", null);
      }
    }
    return last;
  }

  private void tell(LogEntry entry) {
    byte[] command = entry.command();
    if (!entry.internal() && command != null) {
      onCommand.accept(
          Arrays.copyOfRange(command, entry.offset(), entry.offset() + entry.length()));
    }
  }

  /** The entry as it was appended, or null if there is none, or only a part of one. */
  @Override
  public @Nullable LogEntry get(long index) {
    return EntrySeal.opened(index, super.get(index));
  }

  @Override
  public void forEach(ObjLongConsumer<LogEntry> action, long from, long to) {
    for (long index = Math.max(from, Math.max(1, firstAppended())); index <= to; index++) {
      LogEntry entry = get(index);
      if (entry == null) {
        return;
      }
      action.accept(entry, index);
    }
  }

  @Override
  public long lastAppended() {
    long same = pinned;
    return same > 0 ? same : super.lastAppended();
  }

  @Override
  public Log currentTerm(long term) {
    return term > currentTerm() ? super.currentTerm(term) : this;
  }

  @Override
  public Log votedFor(Address member) {
    super.votedFor(member);
    try {
      SnapshotFile.force(folder.resolve("metadata.raft"));
    } catch (IOException e) {
      throw failure("the vote could not be written", e);
    }
    return this;
  }

  /** Runs what installs another node's snapshot: it becomes this log's along with its place in it. */
  void receiving(Runnable install) {
    receiving = true;
    try {
      install.run();
    } finally {
      receiving = false;
      received = null;
    }
  }

  @Override
  public void setSnapshot(ByteBuffer content) {
    if (receiving) {
      received = content.duplicate();
      return;
    }
    LogEntry last = get(commitIndex());
    if (last == null) {
      throw failure("entry " + commitIndex() + " cannot be read", null);
    }
    write(new SnapshotFile.Position(commitIndex(), last.term()), content);
  }

  private void write(SnapshotFile.Position at, ByteBuffer content) {
    try {
      snapshot.write(at, content);
    } catch (IOException e) {
      throw failure("the snapshot could not be written", e);
    }
  }

  @Override
  public @Nullable ByteBuffer getSnapshot() {
    try {
      return snapshot.content().orElse(null);
    } catch (IOException e) {
      throw failure("the snapshot cannot be read", e);
    }
  }

  @Override
  public void reinitializeTo(long index, LogEntry entry) {
    if (received != null) {
      write(new SnapshotFile.Position(index, entry.term()), received);
    }
    reset(index, entry);
  }

  private void reset(long index, LogEntry entry) {
    try {
      replaceBy(index, List.of(EntrySeal.sealed(index, entry)));
    } catch (Exception e) {
      throw failure("the log could not be set to entry " + index, e);
    }
    if (commitIndex() < index) {
      commitIndex(index);
    }
  }

  @Override
  public void truncate(long index) {
    long first = Math.min(index, commitIndex());
    if (first <= firstAppended()) {
      return;
    }
    pinned = super.lastAppended();
    try {
      List<LogEntry> rest = new ArrayList<>();
      for (long next = first; next <= pinned; next++) {
        rest.add(raw(next));
      }
      replaceBy(first, rest);
    } catch (Exception e) {
      throw failure("the log could not be shortened", e);
    } finally {
      pinned = 0;
    }
  }

  private LogEntry raw(long index) throws IOException {
    LogEntry entry = super.get(index);
    if (entry == null || EntrySeal.opened(index, entry) == null) {
      throw new IOException("entry " + index + " cannot be read");
    }
    return entry;
  }

  private void replaceBy(long first, List<LogEntry> entries) throws Exception {
    EntryFile.write(folder, first, entries);
    super.close();
    load();
    if (super.lastAppended() != first + entries.size() - 1) {
      throw new IOException("it ends with entry " + super.lastAppended());
    }
  }

  private UncheckedIOException failure(String what, @Nullable Exception cause) {
    String why = cause == null ? what : what + ": " + cause.getMessage();
    onFailure.accept(why + ", in " + folder);
    return new UncheckedIOException(what, new IOException(why, cause));
  }
}
