package appliance.cluster;

import appliance.cluster.mastery.Situation;
import appliance.cluster.state.ClusterCommand;
import appliance.cluster.state.Entry;
import appliance.cluster.state.MasterCommand;
import appliance.cluster.state.Mastership;
import appliance.cluster.state.MemberCommand;
import appliance.cluster.state.OperatorAct;
import appliance.cluster.state.OperatorCommand;
import appliance.cluster.state.Standing;
import appliance.cluster.state.TrustCommand;
import appliance.model.Asker;
import appliance.model.Entrants;
import appliance.model.Fingerprint;
import appliance.model.GtidPosition;
import appliance.model.NodeId;
import appliance.model.ReplicaProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What may be asked of the cluster. A stage completes when the cluster has agreed, and fails with a
 * {@link ClusterRefusal} that says why not. Any thread.
 */
public final class Operations {

  private static final Logger log = LoggerFactory.getLogger(Operations.class);

  private final Requests requests;
  private final BooleanSupplier founder;
  private final String self;
  private final Supplier<Entrants> entrants;

  /**
   * @param self this node's name, for the record
   * @param founder whether this node has founded the cluster that it is in, in whichever start
   * @param entrants who asks to join, and who has been let in
   */
  Operations(String self, Requests requests, BooleanSupplier founder, Supplier<Entrants> entrants) {
    this.self = self;
    this.requests = requests;
    this.founder = founder;
    this.entrants = entrants;
  }

  /**
   * Takes a node out of the rotation; if it is the master, another one takes over first. The last active
   * node is not drained: nobody would serve. Fails with a {@link ClusterRefusal} that says why.
   */
  public CompletionStage<Void> drain(String node) {
    return requests.aboutMember(node, (now, id) -> {
      if (now.state().member(id).filter(m -> m.standing() == Standing.WITNESS).isPresent()) {
        throw new ClusterRefusal(
            node + " is a witness: it serves nothing that could be drained. Stop it,"
                + " or remove it as it is ('node remove')");
      }
      if (now.candidates().stream().allMatch(m -> m.id().equals(id))) {
        throw new ClusterRefusal(
            node + " is the last active node that can be reached; resume another one first");
      }
      return new MemberCommand.Drain(id);
    });
  }

  /**
   * Lets in a node that asks to join.
   *
   * @param which its name if only one of that name asks, or its key's fingerprint, or at least the first
   *     16 digits of it; a whole one counts although this node has not heard of it
   */
  public CompletionStage<Void> approve(String which) {
    return requests.make(now -> {
      Asker asker = asker(which, entrants.get().asking());
      return new TrustCommand.Admit(asker.key(), asker.name());
    });
  }

  /**
   * Turns away a node that asks to join, at every member: it is told so and ends. It may be let in later
   * all the same. One that was let in and has not joined yet is let in no more.
   *
   * @param which as for {@link #approve}
   * @param source where the operator is, for the record
   */
  public CompletionStage<Void> refuse(String which, String source) {
    return requests
        .make(now -> new TrustCommand.Refuse(refused(which).key()))
        .thenRun(() -> log.info("{} is refused by an operator at {}, on {}", which, source, self));
  }

  /** Those that ask come first: one that was let in and has not joined may have had the same name. */
  private Asker refused(String which) {
    Entrants now = entrants.get();
    List<Asker> all = new ArrayList<>(now.letIn());
    all.removeIf(in -> now.asking().stream().anyMatch(a -> a.name().equals(in.name())));
    all.addAll(now.asking());
    return asker(which, all);
  }

  private static Asker asker(String which, List<Asker> all) {
    List<Asker> meant = all.stream()
        .filter(a -> a.name().equals(which) || a.key().begins(which))
        .toList();
    if (meant.size() == 1) {
      return meant.get(0);
    }
    try {
      return new Asker(Fingerprint.parse(which), "approved", "");
    } catch (IllegalArgumentException e) {
      throw new ClusterRefusal(
          meant.isEmpty()
              ? "no node '" + which + "' asks to join; 'pending' lists those that do"
              : meant.size() + " nodes named '" + which + "' ask to join: give the fingerprint that"
                  + " the right one has printed");
    }
  }

  /** Puts a drained node back into rotation. */
  public CompletionStage<Void> resume(String node) {
    return requests.aboutMember(node, (now, id) -> new MemberCommand.Resume(id));
  }

  /** Makes another node master in order: the given one, or whoever is next. */
  public CompletionStage<Void> handover(Optional<String> node) {
    return requests.make(now -> {
      Mastership mastership = now.state().mastership();
      NodeId target = node.map(name -> Requests.named(now, name))
          .or(() -> now.successor().map(Entry::id))
          .orElseThrow(() -> new ClusterRefusal(MasterCommand.HandOver.NOBODY));
      now.state().member(target).ifPresent(member -> refuseUnfit(now, member));
      refuseStopped(now, target);
      return new MasterCommand.HandOver(mastership.epoch(), target);
    });
  }

  /** The log refuses it as well, without a word on why. */
  private static void refuseUnfit(Situation now, Entry target) {
    Mastership mastership = now.state().mastership();
    if (mastership.heldBy(target.id()) && mastership.phase() == Mastership.Phase.ACTIVE) {
      throw new ClusterRefusal(target.name() + " is master already");
    }
    if (target.standing() == Standing.WITNESS) {
      throw new ClusterRefusal(target.name() + " is a witness, and is never master");
    }
    if (!now.isPresent(target)) {
      throw new ClusterRefusal(
          target.name() + " cannot be reached: start it, or name another node");
    }
    if (target.standing().drains()) {
      throw new ClusterRefusal(target.name() + " is drained, or about to be: resume it first");
    }
  }

  /** It would never reach what the master has. */
  private static void refuseStopped(Situation now, NodeId target) {
    ReplicaProgress replica = now.replica(target);
    GtidPosition acknowledged = now.state().mastership().acknowledged();
    if (replica.state() == ReplicaProgress.State.STOPPED
        && !replica.position().covers(acknowledged)) {
      throw new ClusterRefusal(now.state().member(target).map(Entry::name).orElse("it")
          + "'s replica of the database has stopped at " + replica.position()
          + ", and the master is at " + acknowledged + ": mend it first ('replica rebuild' there)");
    }
  }

  /**
   * Removes a member for good: its identity is refused from then on. One that serves is to be drained
   * before.
   *
   * @param source where the operator is, for the record
   */
  public CompletionStage<Void> remove(String node, String source) {
    return requests.aboutMember(node, (now, id) -> {
      boolean serves = now.state()
          .member(id)
          .filter(now::isPresent)
          .filter(m -> m.standing() != Standing.DRAINED && m.standing() != Standing.WITNESS)
          .isPresent();
      if (serves) {
        throw new ClusterRefusal(
            node + " is not drained yet: 'node remove' of the command line does"
                + " that first, or drain it, and repeat when it is DRAINED");
      }
      return new OperatorCommand.Remove(id, OperatorAct.now("removed", self, source));
    });
  }

  /**
   * Makes the named member master, whatever the cluster thinks of it. Needs a majority; without one the
   * cluster is to be recovered ({@link Cluster#recover}).
   */
  public CompletionStage<Void> promote(String node, String source) {
    return requests.aboutMember(
        node,
        (now, id) -> new OperatorCommand.Promote(
            now.state().mastership().epoch(),
            id,
            OperatorAct.now("promoted " + node + " by force", self, source)));
  }

  /** Sets what a person has wished for, on all nodes; an empty value removes the setting. */
  public CompletionStage<Void> set(String key, String value) {
    return requests.make(now -> new ClusterCommand.Put(key, value, true));
  }

  /**
   * As {@link #set}, for what the program itself has made up when it founded the cluster. Refused if this
   * node has not founded the one it is in, and if the setting has another value already.
   */
  public CompletionStage<Void> generate(String key, String value) {
    return requests.make(now -> {
      if (!founder.getAsBoolean()) {
        throw new ClusterRefusal("this node has not founded the cluster that it is in");
      }
      return new ClusterCommand.Put(key, value, false);
    });
  }
}
