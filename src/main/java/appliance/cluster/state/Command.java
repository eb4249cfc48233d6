package appliance.cluster.state;

import appliance.model.Epoch;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * An entry of the replicated log: applied on every node in the same order, and so free of clocks,
 * chance and everything that differs from node to node. Each may arrive twice and is then harmless.
 */
public sealed interface Command
    permits MemberCommand, MasterCommand, ClusterCommand, TrustCommand, OperatorCommand {

  int BYTES_MAX = 128 * 1024;

  Outcome apply(ClusterState state);

  /**
   * The epoch in which a node may acknowledge writes for a lease's length, counted from when it sent this,
   * once this has been accepted; {@link Epoch#NONE} for what gives no such right.
   */
  default Epoch grants() {
    return Epoch.NONE;
  }

  /** Distinguishes this kind on the wire; never given to another kind. */
  int tag();

  void write(DataOutput out) throws IOException;

  default byte[] encode() {
    return Wire.encode(out -> {
      out.writeByte(tag());
      write(out);
    });
  }

  static Command decode(byte[] bytes) throws IOException {
    if (bytes.length > BYTES_MAX) {
      throw new IOException("a command of " + bytes.length + " bytes");
    }
    return Wire.decode(bytes, Command::read);
  }

  private static Command read(DataInput in) throws IOException {
    int tag = in.readUnsignedByte();
    return switch (tag) {
      case 1 -> new ClusterCommand.Found(Wire.uuid(in));
      case 2 -> new ClusterCommand.Beat();
      case 3 -> ClusterCommand.Put.read(in);
      case 4 -> new ClusterCommand.Hold();
      case 10 -> MemberCommand.Announce.read(in);
      case 11 -> new MemberCommand.Ready(Wire.node(in), Wire.uuid(in));
      case 12 -> new MemberCommand.Drain(Wire.node(in));
      case 13 -> new MemberCommand.Drained(Wire.node(in));
      case 14 -> new MemberCommand.Resume(Wire.node(in));
      case 15 -> new MemberCommand.Leave(Wire.node(in), Wire.uuid(in));
      case 20 -> MasterCommand.Assign.read(in);
      case 21 -> MasterCommand.Renew.read(in);
      case 22 -> MasterCommand.Release.read(in);
      case 23 -> MasterCommand.HandOver.read(in);
      case 24 -> new MasterCommand.Attend(new Epoch(in.readLong()), Attendants.UNNAMED);
      case 25 -> MasterCommand.Attend.read(in);
      case 26 -> MasterCommand.Quit.read(in);
      case 40 -> OperatorCommand.Remove.read(in);
      case 41 -> OperatorCommand.Promote.read(in);
      case 42 -> OperatorCommand.Recover.read(in);
      case 30 -> TrustCommand.Admit.read(in);
      case 31 -> TrustCommand.Secret.read(in);
      case 32 -> new TrustCommand.Refuse(Wire.key(in));
      case 43 -> new OperatorCommand.Forget(Wire.node(in));
      default -> throw new IOException("no command has the tag " + tag);
    };
  }
}
