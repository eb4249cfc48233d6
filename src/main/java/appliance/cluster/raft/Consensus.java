package appliance.cluster.raft;

import appliance.model.HostPort;
import appliance.model.NodeId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * The seam to the consensus library: a replicated log, and the group of nodes that can reach each other.
 * Nothing above it knows how the log is agreed on. An implementation calls {@link Machine} on one thread
 * of its own, and {@link Watcher} on any.
 */
public interface Consensus extends AutoCloseable {

  /** For members that are there to take another one into the group. */
  Duration JOIN_MAX = Duration.ofSeconds(3);

  /**
   * Connects to the group; returns when this node is in one, even if that is only itself.
   *
   * @throws ConnectFailure if that could not be done
   * @throws IOException if the log in the data folder cannot be used; says what to do
   */
  void start() throws ConnectFailure, IOException;

  /**
   * Has a command agreed on, from any node. Completes with the machine's answer, empty if it accepted;
   * fails if there is no leader, or no answer in time: the command may or may not be applied then.
   */
  CompletionStage<String> submit(byte[] command);

  Progress progress();

  /** The nodes that this one is in touch with, itself included, and which run of each it is. */
  Map<NodeId, UUID> reachable();

  /** The one of them that lets others into the group. */
  Optional<NodeId> coordinator();

  /** Gives a node that follows the log a vote. Only the leader can; one change at a time. */
  CompletionStage<Void> addVoter(NodeId id);

  CompletionStage<Void> removeVoter(NodeId id);

  /** Sends to all other reachable nodes and returns at once. */
  void broadcast(byte[] message);

  /** Where members may be found again after a cut. */
  void lookFor(List<HostPort> addresses);

  /**
   * Has the nodes choose a leader anew, if it is this one's turn: the log stands still.
   *
   * @param asked how often this has been said since it does, from 1 on: first to the member that is in charge of that,
   *     then to one after the other, as that one may hang
   */
  void unblock(int asked);

  /** Whether this node does not hear the others any more, although they show signs of life. */
  boolean deaf();

  /** Whether the log cannot be written any more: this node takes no further part. */
  boolean failed();

  /** Leaves the group. */
  @Override
  void close();

  /** The replicated state machine. */
  interface Machine {

    /**
     * A command has come into this node's log: before it is agreed on, and also if it never will be. Those
     * that were there when the node started, or came in a snapshot, are not told of.
     */
    default void appended(byte[] command) {}

    /** Applies one command and answers why it was refused, or the empty string. */
    String apply(byte[] command);

    byte[] snapshot();

    /** Whether {@code snapshot} is sound, and not older than what is here. */
    boolean isCurrent(byte[] snapshot);

    /** Replaces everything by a snapshot. */
    void restore(byte[] snapshot);
  }

  /** Is told that something may be worth a look. */
  interface Watcher {

    /** The leader, the voters, or who can be reached may have changed. */
    void changed();

    void received(NodeId from, byte[] message);

    /** The log cannot be written: this node takes no further part. */
    void failed(String reason);
  }

  /** How the log stands on this node. */
  record Progress(
      String role,
      long term,
      long lastIndex,
      long commitIndex,
      Optional<NodeId> leader,
      Set<NodeId> voters) {

    public Progress {
      voters = Set.copyOf(voters);
    }

    /** Of a node that has no log yet. */
    public static final Progress NONE = new Progress("None", 0, 0, 0, Optional.empty(), Set.of());

    /** Whether this node is the raft leader. */
    public boolean leads() {
      return role.equals("Leader");
    }

    /** How many of the voters decide. */
    public int majority() {
      return voters.size() / 2 + 1;
    }
  }

  /** The group could not be reached. */
  final class ConnectFailure extends Exception {
    private static final long serialVersionUID = 1;

    /** Whether a member of this very identity seems to be there still: it may be dying. */
    private final boolean duplicate;

    ConnectFailure(String message, boolean duplicate, Throwable cause) {
      super(message, cause);
      this.duplicate = duplicate;
    }

    boolean duplicate() {
      return duplicate;
    }
  }
}
