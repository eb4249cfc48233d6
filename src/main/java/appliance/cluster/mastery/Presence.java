package appliance.cluster.mastery;

import appliance.cluster.raft.Consensus;
import appliance.cluster.state.Command;
import appliance.cluster.state.Entry;
import appliance.cluster.state.MemberCommand;
import appliance.cluster.state.Standing;
import appliance.model.NodeId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node has to say about itself, said until the cluster has agreed on it. The cluster's loop
 * runs it.
 */
public final class Presence {

  private static final Logger log = LoggerFactory.getLogger(Presence.class);

  /** For how long it is refused, with nothing new read of who has its name, until it gives up. */
  private static final long REFUSED_NANOS_MAX = Duration.ofSeconds(2).toNanos();

  private static final long AGAIN_NANOS = Duration.ofMillis(50).toNanos();

  private final Entry entry;
  private final LongSupplier nanoTime;
  private boolean announced;
  private boolean ready;
  private boolean drained;
  private boolean leaving;
  private Optional<NodeId> replaced = Optional.empty();
  private boolean refused;
  private long refusedSince;
  private long refusedAt;
  private String refusal = "";
  private @Nullable CompletionStage<String> pending;

  /** {@code entry} is this run of the node, as it starts. */
  public Presence(Entry entry, LongSupplier nanoTime) {
    this.entry = entry;
    this.nanoTime = nanoTime;
  }

  /** From now on it says that it has caught up; once it drains, that is void. */
  public void ready() {
    ready = true;
  }

  public boolean isReady() {
    return ready;
  }

  /** From now on it says no more of how far it is. */
  public void leave() {
    leaving = true;
  }

  /** Counts only while this node is draining; a later drain is another matter. */
  public void drained(Situation now) {
    drained = now.own().map(own -> own.standing() == Standing.DRAINING).orElse(false);
  }

  /** Whether the cluster knows this run of the node. */
  public boolean announced() {
    return announced;
  }

  /** Why the cluster does not take this node; empty if it does, or has not answered yet. */
  public String refusal() {
    return refusal;
  }

  /** Says what the cluster does not know yet. */
  public void tick(Situation now, Consensus consensus) {
    settle();
    Optional<Entry> own = now.own().filter(known -> known.run().equals(entry.run()));
    if (own.isPresent() && !announced) {
      announced = true;
    }
    if (pending != null || !refusal.isEmpty() || now.progress().leader().isEmpty()) {
      return;
    }
    if (own.isEmpty() || !own.get().endpoints().equals(entry.endpoints())) {
      announce(now, consensus);
      return;
    }
    Standing standing = own.get().standing();
    drained &= standing == Standing.DRAINING;
    ready &= !standing.drains();
    if (leaving) {
      return;
    }
    if (drained) {
      say(consensus, new MemberCommand.Drained(entry.id()));
    } else if (ready && standing == Standing.JOINING) {
      say(consensus, new MemberCommand.Ready(entry.id(), entry.run()));
    }
  }

  private void announce(Situation now, Consensus consensus) {
    if (announced) {
      refuse("this node has been removed from the cluster, or another one has taken its name");
      return;
    }
    if (now.state().cluster().isEmpty()) {
      return;
    }
    Optional<NodeId> namesake =
        now.state().named(entry.name()).map(Entry::id).filter(id -> !id.equals(entry.id()));
    if (namesake.isPresent() && now.isReachable(namesake.get())) {
      refuse("another node is named " + entry.name() + "; choose another name (--name)");
      return;
    }
    // Who reads a long log comes by all who ever had its name: each is a new reason to ask.
    refused &= namesake.equals(replaced);
    if (!refused || nanoTime.getAsLong() - refusedAt >= AGAIN_NANOS) {
      replaced = namesake;
      say(consensus, new MemberCommand.Announce(entry, namesake));
    }
  }

  private void refuse(String reason) {
    refusal = reason;
    log.error("The cluster does not take this node: {}", reason);
  }

  private void say(Consensus consensus, Command command) {
    pending = consensus.submit(command.encode());
  }

  private void settle() {
    if (pending == null || !pending.toCompletableFuture().isDone()) {
      return;
    }
    String answer = pending.toCompletableFuture().exceptionally(e -> "").join();
    pending = null;
    if (!answer.isEmpty() && !announced) {
      refusedBy(answer);
    }
  }

  /** Who has just joined may not have read of a dead namesake yet, whose place it is to take. */
  private void refusedBy(String answer) {
    refusedAt = nanoTime.getAsLong();
    if (!refused) {
      refused = true;
      refusedSince = refusedAt;
    }
    if (refusedAt - refusedSince >= REFUSED_NANOS_MAX) {
      refuse(answer);
    }
  }
}
