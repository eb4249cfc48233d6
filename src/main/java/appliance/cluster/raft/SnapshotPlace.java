package appliance.cluster.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jgroups.protocols.raft.InstallSnapshotRequest;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.util.ByteArrayDataInputStream;
import org.jgroups.util.ByteArrayDataOutputStream;
import org.jspecify.annotations.Nullable;

/** Where in the log a snapshot that came ends: the library's header keeps that to itself. */
final class SnapshotPlace extends InstallSnapshotRequest {

  private SnapshotPlace() {}

  static SnapshotPlace of(InstallSnapshotRequest header) {
    SnapshotPlace place = new SnapshotPlace();
    ByteArrayDataOutputStream bytes = new ByteArrayDataOutputStream();
    try {
      header.writeTo(bytes);
      place.readFrom(new ByteArrayDataInputStream(bytes.buffer(), 0, bytes.position()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("of an address that was read before", e);
    }
    return place;
  }

  /** The last entry that the snapshot holds. */
  long index() {
    return last_included_index;
  }

  /** Whether a log with this entry at {@link #index} has all that the snapshot holds (Raft, 5.3). */
  boolean isHeldWith(@Nullable LogEntry own) {
    return own != null && own.term() == last_included_term;
  }
}
