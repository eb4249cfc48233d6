package appliance.cluster.join;

import appliance.cluster.mastery.Situation;
import appliance.cluster.state.ClusterFile;
import appliance.cluster.state.Entry;
import appliance.cluster.state.TrustCommand;
import appliance.config.ClusterConfig;
import appliance.model.Fingerprint;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.trust.Refusal;
import appliance.trust.Trust;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers those that ring: who this node is, and whether they may come in. Whoever has proven the secret
 * is admitted at once, by the log; others are remembered until someone approves them, and learn no more
 * than that the cluster is there. The doorbell's threads run it.
 */
public final class Reception {

  private static final Logger log = LoggerFactory.getLogger(Reception.class);

  /** Together less than a caller waits for its answer. */
  private static final long ADMIT_MILLIS_MAX = 500;

  private static final long TRUST_MILLIS_MAX = 300;

  private final ClusterConfig config;
  private final NodeId self;
  private final Trust trust;
  private final JoinRequests asking;
  private final Supplier<Optional<? extends Membership>> memberships;
  private final Supplier<Optional<ClusterFile>> starting;

  /**
   * @param starting what is decided already while there is no membership yet
   */
  public Reception(
      Identity identity,
      JoinRequests asking,
      Supplier<Optional<? extends Membership>> memberships,
      Supplier<Optional<ClusterFile>> starting) {
    config = identity.config();
    self = identity.self();
    trust = identity.trust();
    this.asking = asking;
    this.memberships = memberships;
    this.starting = starting;
  }

  /** What the caller is told, by what it has proven; without a proof of this node. */
  public Greeting.Answer answer(Greeting.Question question, DiscoveryServer.Caller caller) {
    if (!question.name().equals(config.cluster())) {
      trust
          .refusals()
          .count(
              caller.address(),
              Refusal.WRONG_CLUSTER,
              "'" + JoinRequests.printable(question.name()) + "'");
      return stranger("");
    }
    boolean trusted = trust.trusted().get().accepts(caller.key());
    if (trusted || caller.standing() == DiscoveryServer.Standing.PROVEN) {
      return insider(question, caller, trusted);
    }
    Optional<? extends Membership> membership = memberships.get();
    String gone = membership.map(s -> Admission.ofRemoved(question, s)).orElse("");
    if (caller.standing() == DiscoveryServer.Standing.WRONG) {
      if (trust.secret().isPresent()) { // one without asks to join, and has nothing to compare
        trust.refusals().count(caller.address(), Refusal.WRONG_SECRET, "");
      }
      return stranger(membership.isEmpty() ? "" : gone.isEmpty() ? WRONG_SECRET : gone);
    }
    if (membership.isPresent() && question.cluster().isEmpty()) {
      if (membership.get().situation().state().credentials().refused().contains(caller.key())) {
        return stranger(REFUSED);
      }
      ask(question, caller);
    }
    return stranger(gone);
  }

  private void ask(Greeting.Question question, DiscoveryServer.Caller caller) {
    if (asking.asks(caller.key(), question.node(), caller.address())) {
      log.info(
          "A node at {} asks to join. If its log shows the fingerprint {}, let it in by:"
              + " appliance approve {}",
          caller.address().getHostAddress(),
          caller.key(),
          caller.key());
    }
  }

  private static final String REFUSED = "an operator of the cluster has refused it. If that was a"
      + " mistake, have it approved there by its fingerprint ('appliance approve') and start it again";

  private static final String WRONG_SECRET = "the join secret is not this cluster's: give the one"
      + " that 'appliance secret' prints on a member, or none (remove 'secret' from the data folder, too) and have the node approved";

  /** For one that may not know more than it knew: what it takes to wait, and to tell clusters apart. */
  private Greeting.Answer stranger(String refusal) {
    Optional<? extends Membership> membership = memberships.get();
    Optional<ClusterFile> file = membership.map(Membership::file).or(starting);
    return new Greeting.Answer(
        config.cluster(),
        self,
        config.node(),
        file.map(ClusterFile::cluster),
        file.map(ClusterFile::foundedAt).orElse(0L),
        membership.isPresent(),
        membership.map(Membership::provisional).orElse(true),
        false,
        refusal,
        List.of(),
        Greeting.Entrance.ASKS,
        trust.secret().isPresent(),
        Set.of(),
        Greeting.Proof.NONE);
  }

  private Greeting.Answer insider(
      Greeting.Question question, DiscoveryServer.Caller caller, boolean trusted) {
    Optional<? extends Membership> membership = memberships.get();
    Optional<ClusterFile> file = membership.map(Membership::file).or(starting);
    boolean open = trusted || membership.map(s -> admitted(s, question, caller)).orElse(false);
    Optional<Situation> now = membership.map(Membership::situation);
    return new Greeting.Answer(
        config.cluster(),
        self,
        config.node(),
        file.map(ClusterFile::cluster),
        file.map(ClusterFile::foundedAt).orElse(0L),
        membership.isPresent(),
        membership.map(Membership::provisional).orElse(true),
        now.map(s -> s.isReachable(question.id()) && !question.id().equals(self))
            .orElse(false),
        membership.map(s -> Admission.refusal(question, s)).orElse(""),
        membership.map(this::hosts).orElse(List.of()),
        open ? Greeting.Entrance.OPEN : Greeting.Entrance.SOON,
        true,
        now.map(this::keys).orElse(Set.of(trust.fingerprint())),
        Greeting.Proof.NONE);
  }

  /** Waits a moment for the log; the node asks again if that was not enough. */
  private boolean admitted(
      Membership membership, Greeting.Question question, DiscoveryServer.Caller caller) {
    boolean another = question.cluster().isPresent()
        && !question.cluster().get().equals(membership.file().cluster());
    Situation now = membership.situation();
    if (another
        || now.state().cluster().isEmpty()
        || !Admission.refusal(question, membership).isEmpty()) {
      return false;
    }
    try {
      String refusal = membership
          .consensus()
          .submit(new TrustCommand.Admit(caller.key(), JoinRequests.printable(question.node()))
              .encode())
          .toCompletableFuture()
          .orTimeout(ADMIT_MILLIS_MAX, TimeUnit.MILLISECONDS)
          .join();
      if (!refusal.isEmpty()) {
        log.warn("{} cannot be admitted: {}", caller.address().getHostAddress(), refusal);
      }
      return refusal.isEmpty() && trusts(caller.key());
    } catch (CompletionException e) {
      log.debug("Not admitted yet", e);
      return false;
    }
  }

  /** Whether this node takes the key by now: the newcomer comes to it at once. */
  private boolean trusts(Fingerprint key) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TRUST_MILLIS_MAX);
    try {
      while (!trust.trusted().get().accepts(key)) {
        if (System.nanoTime() - deadline > 0) {
          return false;
        }
        TimeUnit.MILLISECONDS.sleep(1);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private List<HostPort> hosts(Membership membership) {
    Situation now = membership.situation();
    Map<NodeId, Entry> members = now.state().members();
    Set<HostPort> hosts = new LinkedHashSet<>();
    membership
        .consensus()
        .coordinator()
        .map(members::get)
        .ifPresent(m -> hosts.add(m.endpoints().cluster()));
    hosts.add(config.address());
    members.values().stream()
        .filter(m -> now.isReachable(m.id()))
        .forEach(m -> hosts.add(m.endpoints().cluster()));
    return List.copyOf(hosts);
  }

  private Set<Fingerprint> keys(Situation now) {
    Set<Fingerprint> keys = new HashSet<>();
    keys.add(trust.fingerprint());
    now.state().members().values().forEach(member -> keys.add(member.key()));
    return keys;
  }
}
