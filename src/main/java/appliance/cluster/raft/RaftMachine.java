package appliance.cluster.raft;

import appliance.cluster.state.Wire;
import java.io.ByteArrayInputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import org.jgroups.protocols.raft.PersistentState;
import org.jgroups.raft.StateMachine;

/** The {@link Consensus.Machine} as the library wants to see it. The library's one thread runs it. */
final class RaftMachine implements StateMachine, ExactRaft.SnapshotCheck {

  private static final int SNAPSHOT_BYTES_MAX = 1024 * 1024;

  private final Consensus.Machine machine;
  private volatile Runnable onRestored = () -> {};

  RaftMachine(Consensus.Machine machine) {
    this.machine = machine;
  }

  void onRestored(Runnable action) {
    onRestored = action;
  }

  @Override
  public byte[] apply(byte[] data, int offset, int length, boolean serializeResponse) {
    String refusal = machine.apply(Arrays.copyOfRange(data, offset, offset + length));
    return RaftConsensus.utf8(refusal);
  }

  @Override
  public void writeContentTo(DataOutput out) throws IOException {
    byte[] snapshot = machine.snapshot();
    out.writeInt(snapshot.length);
    out.write(snapshot);
  }

  @Override
  public void readContentFrom(DataInput in) throws IOException {
    machine.restore(content(in));
    onRestored.run();
  }

  /** The library puts the voters before what {@link #writeContentTo} has written. */
  @Override
  public boolean isCurrent(byte[] bytes, int offset, int length) {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, offset, length));
    try {
      new PersistentState().readFrom(in);
      return machine.isCurrent(content(in));
    } catch (IOException e) {
      return false;
    }
  }

  private static byte[] content(DataInput in) throws IOException {
    byte[] bytes = new byte[Wire.length(in, SNAPSHOT_BYTES_MAX)];
    in.readFully(bytes);
    return bytes;
  }
}
