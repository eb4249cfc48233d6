package appliance.cluster.mastery;

import appliance.cluster.raft.Consensus;
import appliance.cluster.state.ClusterState;
import appliance.cluster.state.Credentials;
import appliance.cluster.state.TrustCommand;
import appliance.model.Fingerprint;
import appliance.model.NodeId;
import appliance.trust.JoinSecret;
import appliance.trust.Trust;
import appliance.trust.Trusted;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what the log says about keys and secret true on this node; where it leads, also gives the cluster
 * a secret when one is due. The cluster's loop runs it.
 *
 * <p>Until this run of the node is in the log, the log may lie behind the cluster: until then those are
 * trusted, too, whom the node has met.
 */
public final class Keyring {

  private static final Logger log = LoggerFactory.getLogger(Keyring.class);

  private final Trust trust;
  private final Set<Fingerprint> met;
  private final Executor writes;
  private Set<Fingerprint> kept;
  private Optional<JoinSecret> seen = Optional.empty();
  private @Nullable Basis known;
  private @Nullable CompletionStage<String> pending;

  /** What it is decided by whom to trust. */
  private record Basis(ClusterState state, boolean announced) {}

  /**
   * @param met trusted until the log says whom to trust
   * @param writes to the disk, which may hang
   */
  public Keyring(Trust trust, Set<Fingerprint> met, Executor writes) {
    this.trust = trust;
    this.writes = writes;
    this.met = Set.copyOf(met);
    kept = this.met;
    trust.trusted().publish(Trusted.NOBODY.and(withSelf(met)));
  }

  /** Returns the keys to remember over a restart, if they have changed. */
  public Optional<Set<Fingerprint>> tick(Situation now, boolean announced, Consensus consensus) {
    Basis basis = new Basis(now.state(), announced);
    Optional<Set<Fingerprint>> changed =
        basis.equals(known) ? Optional.empty() : trust(now.state(), announced);
    known = basis;
    renewSecret(now, consensus);
    return changed;
  }

  private Optional<Set<Fingerprint>> trust(ClusterState state, boolean announced) {
    Map<Fingerprint, NodeId> owners = new HashMap<>();
    state.members().values().forEach(member -> owners.put(member.key(), member.id()));
    Set<Fingerprint> more = withSelf(state.credentials().admitted().keySet());
    if (!announced) {
      more.addAll(met);
    }
    trust.trusted().publish(Trusted.of(owners).and(more));
    if (announced) {
      state.credentials().secret().ifPresent(this::keep);
    }
    if (!announced || owners.keySet().equals(kept)) {
      return Optional.empty();
    }
    kept = Set.copyOf(owners.keySet());
    return Optional.of(kept);
  }

  private Set<Fingerprint> withSelf(Set<Fingerprint> keys) {
    Set<Fingerprint> all = new HashSet<>(keys);
    all.add(trust.fingerprint());
    return all;
  }

  private void keep(JoinSecret secret) {
    if (seen.equals(Optional.of(secret))) {
      return;
    }
    seen = Optional.of(secret);
    trust.secret(secret);
    writes.execute(() -> write(secret));
  }

  private void write(JoinSecret secret) {
    try {
      trust.keep(secret);
    } catch (IOException e) {
      log.error(
          "The cluster's join secret cannot be kept in the data folder ({}): 'appliance secret' prints"
              + " it on another member",
          e.toString());
    }
  }

  /** The first one is the founder's. Each later one is new, and made after a removed key was dropped. */
  private void renewSecret(Situation now, Consensus consensus) {
    if (pending != null && pending.toCompletableFuture().isDone()) {
      pending = null;
    }
    Credentials credentials = now.state().credentials();
    if (pending != null
        || !credentials.secretDue()
        || !now.progress().leads()
        || now.state().cluster().isEmpty()) {
      return;
    }
    JoinSecret next = credentials.secret().isPresent()
        ? JoinSecret.generate()
        : trust.secret().orElseGet(JoinSecret::generate);
    pending = consensus.submit(new TrustCommand.Secret(next).encode());
  }
}
