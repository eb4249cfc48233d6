package appliance.cluster;

import appliance.cluster.mastery.Situation;
import appliance.cluster.state.ClusterFile;
import appliance.cluster.state.ClusterState;
import appliance.cluster.state.Command;
import appliance.cluster.state.Entry;
import appliance.cluster.state.History;
import appliance.cluster.state.Mastership;
import appliance.cluster.state.MemberMark;
import appliance.cluster.state.OperatorAct;
import appliance.cluster.state.OperatorCommand;
import appliance.cluster.state.Standing;
import appliance.model.Epoch;
import appliance.model.GtidPosition;
import appliance.runtime.Force;
import appliance.runtime.Removal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a cluster of one node out of a cluster that has lost its majority, because an operator says so. It
 * has another id, so that what is left of the old one can neither win nor mix with it, and begins with the
 * state that this node knows.
 *
 * <p>The old log is kept in {@code DATA/cluster.before-TIME} ({@link ClusterMove}). What is carried over lies beside the new log
 * until that has it, so that a power loss in between loses nothing.
 *
 * @param old what the data folder says of the old cluster
 * @param own this node's entry there
 * @param first the first entry of the new cluster
 */
record Recovery(ClusterFile old, Entry own, OperatorCommand.Recover first) {

  /** Room for assignments of the old cluster that this node has not seen: its epochs are never reached. */
  static final long EPOCHS_LEFT_OUT = 1000;

  private static final Logger log = LoggerFactory.getLogger(Recovery.class);

  private static final String CARRIED = "carried";

  /** Followed by when. */
  private static final String BEFORE = "cluster.before-";

  /**
   * From what this node knows last.
   *
   * @throws ClusterRefusal if this node cannot be the one
   */
  static Recovery of(ClusterFile file, Situation last, OperatorAct act) {
    ClusterState old = last.state();
    Entry own = last.own()
        .filter(entry -> entry.standing() != Standing.WITNESS)
        .filter(entry -> entry.standing() != Standing.REMOVED)
        .orElseThrow(() -> new ClusterRefusal(
            "this node is no member that serves: recover on one that holds the site"));
    UUID cluster = UUID.randomUUID();
    log.warn(
        "The cluster {} goes on as {} with this node alone: {}",
        file.cluster(),
        cluster,
        act.text());
    ClusterState alone = old.with(own.with(Standing.JOINING)).with(history(old, own, act));
    for (Entry other : old.members().values()) {
      if (!other.id().equals(own.id())) {
        alone = alone.expelled(other.id());
      }
    }
    Epoch epoch = new Epoch(old.mastership().epoch().value() + EPOCHS_LEFT_OUT);
    Mastership vacant = new Mastership(
        epoch,
        Optional.empty(),
        Mastership.Phase.VACANT,
        false,
        Optional.empty(),
        GtidPosition.START);
    ClusterState carried = alone.with(vacant).founded(cluster).holding();
    return new Recovery(file, own, new OperatorCommand.Recover(carried, act));
  }

  /**
   * While nothing has changed, as a node that finds no room half-way is out of the cluster.
   *
   * @throws ClusterRefusal if what is there has no room beside it; says how much is needed
   */
  static void checkRoom(Path data) {
    try {
      Optional<String> lack = ClusterMove.lack(ClusterFile.folder(data), data.resolve(BEFORE));
      if (lack.isPresent()) {
        throw new ClusterRefusal("there is no room to keep what this node has of the cluster: "
            + lack.get() + ". Free space there, and recover again");
      }
    } catch (IOException e) {
      log.debug("How much room there is in {} cannot be told", data, e); // the move itself will
    }
  }

  private static History history(ClusterState old, Entry own, OperatorAct act) {
    History history = old.history().with(act);
    if (old.cluster().isPresent()) {
      history = history.after(old.cluster().get());
    }
    for (Entry other : old.members().values()) {
      if (!other.id().equals(own.id())) {
        OperatorAct left = new OperatorAct(act.atMillis(), "left behind: " + act.what(), act.by());
        history = history.departed(other.id(), new History.Removal(other.name(), left));
      }
    }
    return history;
  }

  /** Puts the new cluster's folder in the place of the old one's; on disk when this returns. */
  void prepare(Path data) throws IOException {
    prepare(data, Force.DISK);
  }

  void prepare(Path data, Force force) throws IOException {
    Path part = part(data);
    ClusterFile fresh = new ClusterFile(
        old.name(),
        first.carried().cluster().orElseThrow(),
        first.act().atMillis(),
        true,
        old.incarnation(),
        Set.of(own.id()),
        List.of(),
        Set.of(own.key()));
    fresh.write(part);
    Path carried = carried(part);
    Files.write(carried, first.encode());
    for (Path written : List.of(carried, ClusterFile.folder(part), part, data)) {
      force.of(written); // before the old one goes
    }
    MemberMark.remove(data); // until the new cluster's log has begun
    ClusterMove move = new ClusterMove(force);
    move.move(ClusterFile.folder(data), before(data, first));
    move.move(ClusterFile.folder(part), ClusterFile.folder(data));
    Files.delete(part);
    force.of(data);
  }

  private static Path before(Path data, OperatorCommand.Recover first) {
    return data.resolve(BEFORE + first.act().atMillis());
  }

  private static Path part(Path data) {
    return data.resolve("cluster.recovery");
  }

  private static Path carried(Path data) {
    return ClusterFile.folder(data).resolve(CARRIED);
  }

  /** Ends what a kill or a power loss has cut off between the two moves, and drops what it has left before or behind them. */
  static void finish(Path data) throws IOException {
    Path part = part(data);
    Path folder = ClusterFile.folder(data);
    if (Files.notExists(carried(part))) {
      return;
    }
    if (!ClusterMove.isWhole(folder)) {
      if (Files.exists(folder) && !ClusterMove.copies(ClusterFile.folder(part), folder)) {
        throw new IOException(
            folder + " holds no cluster, and a recovery has yet to put the new one there."
                + " A disk that belongs there is not mounted: mount it, and start this node again");
      }
      new ClusterMove(Force.DISK).move(ClusterFile.folder(part), folder);
    } else {
      dropHalf(data);
    }
    Removal.of(part);
  }

  /** What a kill has left of the first move, while the old cluster is still in its place. */
  private static void dropHalf(Path data) throws IOException {
    try {
      if (first(part(data)).orElse(null) instanceof OperatorCommand.Recover recover) {
        Path before = before(data, recover);
        if (Files.exists(before) && !ClusterMove.isWhole(before)) {
          Removal.of(before);
        }
      }
    } catch (IOException e) {
      log.debug("Of a recovery that was cut off, half a copy may be left in {}", data, e);
    }
  }

  /** Whether something lies beside the log that this has yet to get, or has just got. */
  static boolean carries(Path data) {
    return Files.exists(carried(data));
  }

  /**
   * What the cluster in this data folder begins with, if it was recovered.
   *
   * @throws IOException if that is damaged; says what to do
   */
  static Optional<Command> first(Path data) throws IOException {
    Path file = carried(data);
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Command.decode(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new IOException(
          file + " is damaged (" + e
              + "), and the log of the new cluster is empty. Stop this node, put"
              + " the latest " + data.resolve("cluster.before-*") + " in the place of "
              + ClusterFile.folder(data) + ", start it, and recover again",
          e);
    }
  }

  /** The log has it. */
  static void begun(Path data) {
    try {
      Files.deleteIfExists(carried(data));
    } catch (IOException e) { // it is of no use any more, and does no harm
      log.warn("What the recovery had put beside the log cannot be removed", e);
    }
  }
}
