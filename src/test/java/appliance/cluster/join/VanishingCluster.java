package appliance.cluster.join;

import appliance.cluster.Lab;
import appliance.cluster.raft.Consensus;
import appliance.cluster.raft.RaftConsensus;
import appliance.cluster.raft.Timing;
import appliance.config.ClusterConfig;
import appliance.model.Fingerprint;
import appliance.model.NodeId;
import appliance.testing.TestSecret;
import appliance.trust.Trust;
import appliance.trust.Trusted;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * All that a node sees of another cluster of its name, the elder one, which lets newcomers in until it is gone: a
 * real doorbell, and a real group whose log has no majority, so that nobody is ever taken into it.
 */
public final class VanishingCluster implements AutoCloseable {

  private final UUID cluster = UUID.randomUUID();
  private final Lab.Seat seat;
  private final Trust trust;
  private final DiscoveryServer bell;
  private final BooleanSupplier gone;
  private final RaftConsensus group;
  private final AtomicInteger looks = new AtomicInteger();
  private BooleanSupplier refuses = () -> false;

  /**
   * @param gone whether it is, when the next newcomer asks
   */
  public VanishingCluster(Lab lab, Lab.Seat seat, BooleanSupplier gone) throws IOException {
    this.seat = seat;
    trust = lab.trust(seat, Optional.of(TestSecret.SECRET));
    this.gone = gone;
    bell = new DiscoveryServer("test", trust, this::answer);
    group = new RaftConsensus(
        new RaftConsensus.Setup(
            new ClusterConfig(
                "test", seat.name(), seat.data(), "127.0.0.1", seat.port(), List.of()),
            seat.id(),
            UUID.randomUUID(),
            Timing.FAST,
            trust,
            "test/" + cluster,
            List.of(seat.id(), NodeId.random()),
            List.of(),
            Duration.ofMillis(1),
            voters -> {}),
        InetAddress.getLoopbackAddress(),
        new Nothing(),
        new Unwatched());
  }

  /** Its members take connections as well, not only questions. */
  public VanishingCluster withMembers() throws Consensus.ConnectFailure, IOException {
    group.start();
    return this;
  }

  /** It refuses newcomers while {@code refuses}. */
  public VanishingCluster refusing(BooleanSupplier when) {
    refuses = when;
    return this;
  }

  /** How often a member of another cluster has looked at it. */
  public int looks() {
    return looks.get();
  }

  public VanishingCluster open() throws IOException {
    bell.open(InetAddress.getLoopbackAddress(), seat.port() + DiscoveryServer.PORT_OFFSET);
    return this;
  }

  /** Who is in touch with it, itself included. */
  public int inTouch() {
    return group.reachable().size();
  }

  private Greeting.Answer answer(Greeting.Question question, DiscoveryServer.Caller caller) {
    if (question.cluster().isEmpty() && gone.getAsBoolean()) {
      bell.close();
      throw new IllegalStateException("it is gone");
    }
    if (question.cluster().isPresent()) {
      looks.incrementAndGet();
    }
    boolean refused = question.cluster().isEmpty() && refuses.getAsBoolean();
    trust.trusted().publish(Trusted.NOBODY.and(Set.of(caller.key(), trust.fingerprint())));
    return new Greeting.Answer(
        "test",
        seat.id(),
        seat.name(),
        Optional.of(cluster),
        1,
        true,
        true,
        false,
        refused ? "it is full" : "",
        List.of(seat.address()),
        Greeting.Entrance.OPEN,
        true,
        keys(),
        Greeting.Proof.NONE);
  }

  private Set<Fingerprint> keys() {
    return Set.of(trust.fingerprint());
  }

  /** Nothing of it is there any more. */
  public void vanish() {
    bell.close();
    group.close();
  }

  @Override
  public void close() {
    vanish();
  }

  /** A state without content. */
  private static final class Nothing implements Consensus.Machine {
    @Override
    public String apply(byte[] command) {
      throw new AssertionError("nothing is agreed on");
    }

    @Override
    public byte[] snapshot() {
      return new byte[0];
    }

    @Override
    public boolean isCurrent(byte[] snapshot) {
      return false;
    }

    @Override
    public void restore(byte[] snapshot) {
      throw new AssertionError("there is none");
    }
  }

  /** Nobody looks. */
  private static final class Unwatched implements Consensus.Watcher {
    @Override
    public void changed() {
      // the tests ask
    }

    @Override
    public void received(NodeId from, byte[] message) {
      // of no interest
    }

    @Override
    public void failed(String reason) {
      throw new AssertionError(reason);
    }
  }
}
