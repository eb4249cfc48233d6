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
 *   <li>An entry carries a checksum, and is read back and forced to disk before it is acknowledged. (The
 *       library prints a failure of either and acknowledges the entry, and does not notice one that the disk
 *       took a part of.)
 *   <li>After one failure nothing is written any more: the system may count as written what the disk has
 *       refused, and others may have an entry that is not here, so that none can take its place.
 *   <li>The term never falls; it and votes are forced to disk.
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
  private final LogFiles files;
  private final FailureMark mark;
  private final Consumer<String> onFailure;
  private final ForcedFile entriesFile;
  private final ForcedFile metadataFile;
  private volatile boolean failed;
  private volatile Consumer<byte[]> onCommand = command -> {};
  private @Nullable ByteBuffer received;
  private boolean receiving;

  /** While the log is replaced by the shortened one: its last index, which stays the same. */
  private volatile long pinned;

  DurableLog(Path folder, Consumer<String> onFailure) {
    this(folder, onFailure, channel -> channel.force(false));
  }

  DurableLog(Path folder, Consumer<String> onFailure, ForcedFile.Force force) {
    this.folder = folder;
    mark = new FailureMark(folder);
    this.onFailure = onFailure;
    entriesFile = new ForcedFile(folder.resolve(LogFiles.ENTRIES), force);
    metadataFile = new ForcedFile(folder.resolve(LogFiles.METADATA), force);
    snapshot = new SnapshotFile(folder);
    files = new LogFiles(folder);
  }

  /**
   * Opens the log, or makes an empty one; mends what an end at any moment may have left.
   *
   * @throws IOException if the disk has lost what was written to it, or does not give or take it; says what to do
   */
  void open() throws IOException {
    try {
      openWhole();
    } catch (LogFiles.Damage e) {
      throw e;
    } catch (Exception e) {
      throw files.unreadable(e);
    }
  }

  private void openWhole() throws Exception {
    Files.createDirectories(folder);
    files.checkMetadata();
    load();
    Optional<SnapshotFile.Position> held = snapshot.position();
    files.check(this, held, mark.isThere());
    if (held.isPresent()) {
      beginAt(held.get());
    }
    cutTorn();
    if (lastAppended() > 0) {
      files.begun();
    }
    if (mark.isThere()) {
      writeAnew();
      mark.remove();
    }
  }

  /**
   * What a run before could not force may still be read, from memory only: as long as that is so, the mark is
   * there as well.
   */
  private void writeAnew() throws Exception {
    long first = Math.max(1, firstAppended());
    if (super.lastAppended() >= first) {
      replaceBy(first, from(first, super.lastAppended()));
    }
  }

  private void load() throws Exception {
    useFsync(false); // it would print what fails, and keep it to itself
    init(folder.toString(), Map.of());
    entriesFile.open();
    metadataFile.open();
  }

  @Override
  public void close() {
    super.close();
    entriesFile.close();
    metadataFile.close();
    mark.await();
  }

  /** Whether it could not keep its word once: it takes nothing any more, and what it has must not be sent. */
  boolean failed() {
    return failed;
  }

  private void refuseIfFailed() {
    if (failed) {
      throw new IllegalStateException("the log in " + folder + " has failed before");
    }
  }

  private void beginAt(SnapshotFile.Position held) {
    if (!held.isIn(this)) {
      reset(held.index(), new LogEntry(held.term(), new byte[0]));
      return;
    }
    if (commitIndex() < held.index()) {
      commitIndex(held.index()); // it is not forced, the snapshot is
    }
    truncate(held.index());
  }

  /**
   * What was under way when the power failed was acknowledged to nobody. That may be several entries, written
   * at once, of which a later one is whole.
   */
  private void cutTorn() throws IOException {
    for (long index = Math.max(1, firstAppended()); index <= lastAppended(); index++) {
      if (get(index) == null) {
        if (index <= commitIndex()) {
          throw files.damaged(LogFiles.ENTRIES, "entry " + index + " is not whole");
        }
        deleteAllEntriesStartingFrom(index);
      }
    }
  }

  /** Tells of each command that comes into the log, before it is written. */
  void onCommand(Consumer<byte[]> action) {
    onCommand = action;
  }

  /** Whatever keeps an entry out is final: the library has sent it to others before. */
  @Override
  public long append(long index, LogEntries entries) {
    refuseIfFailed();
    try {
      return written(index, entries);
    } catch (RuntimeException | Error e) {
      if (failed || !entriesFile.isOpen()) {
        throw e;
      }
      throw failure("entry " + index + " could not be written", e);
    }
  }

  private long written(long index, LogEntries entries) {
    LogEntries sealed = new LogEntries();
    long at = index;
    for (LogEntry entry : entries) {
      tell(entry);
      sealed.add(EntrySeal.sealed(at++, entry));
      currentTerm(entry.term()); // before the entry: so that one that is there proves the term
    }
    long last = super.append(index, sealed);
    for (long next = index; next < at; next++) {
      if (last != at - 1 || get(next) == null) {
        throw failure("entry " + next + " could not be written (is the disk full?)", null);
      }
    }
    force(entriesFile, "entry " + last);
    try {
      files.begun();
    } catch (IOException e) {
      throw failure("the log's beginning could not be marked", e);
    }
    return last;
  }

  private void force(ForcedFile file, String what) {
    try {
      file.force();
    } catch (IOException e) {
      throw failure(what + " could not be forced to disk", e);
    }
  }

  @Override
  public void deleteAllEntriesStartingFrom(long index) {
    refuseIfFailed();
    super.deleteAllEntriesStartingFrom(index);
    if (super.lastAppended() >= index) { // the library prints the reason
      throw failure("entry " + index + " could not be taken away", null);
    }
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
    if (term <= currentTerm()
        || !metadataFile.isOpen()) { // who is closed neither votes nor appends
      return this;
    }
    refuseIfFailed();
    super.currentTerm(term);
    force(metadataFile, "term " + term);
    return this;
  }

  @Override
  public Log votedFor(Address member) {
    refuseIfFailed();
    super.votedFor(member);
    force(metadataFile, "the vote");
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
    refuseIfFailed();
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
    refuseIfFailed();
    currentTerm(entry.term());
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
    refuseIfFailed();
    pinned = super.lastAppended();
    try {
      replaceBy(first, from(first, pinned));
    } catch (Exception e) {
      throw failure("the log could not be shortened", e);
    } finally {
      pinned = 0;
    }
  }

  private List<LogEntry> from(long first, long last) throws IOException {
    List<LogEntry> entries = new ArrayList<>();
    for (long next = first; next <= last; next++) {
      entries.add(raw(next));
    }
    return entries;
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
    close();
    load();
    if (super.lastAppended() != first + entries.size() - 1) {
      throw new IOException("it ends with entry " + super.lastAppended());
    }
  }

  /** The log's end in this run of the node, for which {@code what} is the reason. */
  UncheckedIOException failure(String what, @Nullable Throwable cause) {
    failed = true;
    IOException reason =
        new IOException(cause == null ? what : what + ": " + cause.getMessage(), cause);
    onFailure.accept(reason.getMessage() + ", in " + folder);
    mark.put();
    return new UncheckedIOException(what, reason);
  }
}
