package appliance.cluster.raft;

import appliance.cluster.state.MemberMark;
import appliance.runtime.FileTrouble;
import appliance.runtime.Force;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jgroups.protocols.raft.LogEntry;

/**
 * Whether the log's files are whole and belong together. The library takes what it can read of them for all that
 * there was; a member that goes on from that forgets what it has confirmed, and a single node all that it knew.
 * Used by the consensus's one thread.
 */
final class LogFiles {

  static final String ENTRIES = "entries.raft";
  static final String METADATA = "metadata.raft";

  /** Eight bytes for the commit index, and eight for the term. */
  private static final int NUMBERS_BYTES = 2 * Long.BYTES;

  /** Of a vote: a node's address, behind four bytes for its length. */
  private static final int VOTE_BYTES_MAX = 1024;

  private static final String REMEDY =
      "Check this machine's disk, run 'appliance new-identity', and start it: it joins as a new node, or founds"
          + " the cluster anew if it was the only one";

  private final Path folder;

  private final Path begun;

  private boolean hasBegun;

  LogFiles(Path folder) {
    this.folder = folder;
    begun = folder.resolveSibling(MemberMark.LOG_BEGUN);
  }

  /**
   * Before the library reads the term and the vote. A vote whose bytes are all zero had not been forced to disk
   * when the power failed, and was given to nobody: it goes.
   */
  void checkMetadata() throws IOException {
    Path path = folder.resolve(METADATA);
    if (Files.notExists(path) || Files.size(path) == 0) {
      return;
    }
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      if (file.length() < NUMBERS_BYTES || file.readLong() < 0 || file.readLong() < 0) {
        throw damaged(METADATA, "it holds no term");
      }
      long left = file.length() - NUMBERS_BYTES;
      if (left == 0) {
        return;
      }
      byte[] vote = new byte[(int) Math.min(left, VOTE_BYTES_MAX)];
      file.readFully(vote);
      if (isZero(vote)) {
        file.setLength(NUMBERS_BYTES);
        file.getFD().sync();
        return;
      }
      file.seek(NUMBERS_BYTES);
      int length = left < Integer.BYTES ? 0 : file.readInt();
      if (length <= 0 || length > VOTE_BYTES_MAX || length > left - Integer.BYTES) {
        throw damaged(METADATA, "it holds no whole vote");
      }
    }
  }

  private static boolean isZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * After the library has read its files, and before anything is mended.
   *
   * @param snapshot how far the snapshot goes
   * @param failed whether the disk has refused an entry, which was acknowledged to nobody
   */
  void check(DurableLog log, Optional<SnapshotFile.Position> snapshot, boolean failed)
      throws IOException {
    hasBegun = Files.exists(begun);
    long last = log.lastAppended();
    long held = snapshot.map(SnapshotFile.Position::index).orElse(0L);
    if (hasBegun && last == 0 && held == 0 && log.currentTerm() == 0) {
      throw damaged(ENTRIES, "it and " + METADATA + " are empty, and were not before");
    }
    if (log.commitIndex() > last && !failed) {
      throw damaged(
          ENTRIES, "it ends with entry " + last + ", and " + log.commitIndex() + " were agreed on");
    }
    if (log.firstAppended() > Math.max(1, held)) {
      throw damaged(
          SnapshotFile.NAME,
          "it is missing or an older one: the log begins with entry " + log.firstAppended());
    }
    if (snapshot.isPresent() && held < log.commitIndex() && !snapshot.get().isIn(log)) {
      throw damaged(ENTRIES, "entry " + held + " is not the one of the snapshot");
    }
    checkTerm(log, snapshot);
  }

  /** A later term was on disk before any entry of it was. */
  private void checkTerm(DurableLog log, Optional<SnapshotFile.Position> snapshot)
      throws IOException {
    long term = snapshot.map(SnapshotFile.Position::term).orElse(0L);
    for (long index : new long[] {log.firstAppended(), log.commitIndex(), log.lastAppended()}) {
      LogEntry entry = index > 0 ? log.get(index) : null; // a torn one is no witness
      term = Math.max(term, entry == null ? 0 : entry.term());
    }
    if (term > log.currentTerm()) {
      throw damaged(METADATA, "it holds the term " + log.currentTerm() + ", and the log " + term);
    }
  }

  /** From now on the log is not empty. */
  void begun() throws IOException {
    if (!hasBegun) {
      Files.write(begun, new byte[0]);
      Force.DISK.of(folder.resolveSibling("."));
      hasBegun = true;
    }
  }

  /** What cannot be gone on from; says what to do. */
  static final class Damage extends IOException {
    private static final long serialVersionUID = 1;

    Damage(String message) {
      super(message + ". " + REMEDY);
    }
  }

  Damage damaged(String file, String how) {
    return new Damage("the cluster's log is damaged, " + folder.resolve(file) + ": " + how);
  }

  /** Of a file that cannot even be read, or of which the library can make nothing. */
  IOException unreadable(Exception e) {
    Exception cause = e instanceof UncheckedIOException unchecked ? unchecked.getCause() : e;
    return new IOException(
        "the cluster's log in " + folder + " cannot be read or written ("
            + FileTrouble.of(cause == null ? e : cause)
            + "). Give its files to this node's user, or free space; if they are damaged: "
            + REMEDY,
        e);
  }
}
