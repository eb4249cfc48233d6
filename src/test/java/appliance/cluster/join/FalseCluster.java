package appliance.cluster.join;

import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.testing.Ports;
import appliance.trust.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/**
 * Somebody on this machine with a key of its own and without the secret, who rings by the book and answers by the
 * book: as a member of ever other clusters of the name {@code test}, at ever other ports.
 */
public final class FalseCluster implements AutoCloseable {

  private final HostPort address = new HostPort("127.0.0.1", Ports.block(10));
  private final Random random;
  private final Trust trust;
  private final DiscoveryClient discoveryClient;
  private final DiscoveryServer bell;
  private final HostPort victim;

  /**
   * @param victim the cluster port of the node that is rung at
   * @param folder for its key
   */
  public FalseCluster(HostPort victim, Path folder, long seed) throws IOException {
    this.victim = victim;
    random = new Random(seed);
    trust = Trust.open(Files.createDirectories(folder), Optional.empty(), Clock.systemUTC());
    discoveryClient = new DiscoveryClient(trust);
    bell = new DiscoveryServer("test", trust, (question, caller) -> answer());
    bell.open(InetAddress.getLoopbackAddress(), address.port() + DiscoveryServer.PORT_OFFSET);
  }

  /** Has the victim ask back: here half of the time, and else where nobody is. Whether it has answered. */
  public boolean ring() {
    HostPort listens = random.nextBoolean() ? address : address.withPort(1 + random.nextInt(999));
    Greeting.Question question = new Greeting.Question(
        "test",
        NodeId.random(),
        "stranger",
        Optional.of(cluster()),
        1,
        listens,
        Greeting.Proof.NONE);
    return !discoveryClient.ask(List.of(victim), question).isEmpty();
  }

  private Greeting.Answer answer() {
    return FalseAnswer.of(cluster(), "no\n2030-01-01 ERROR forged \u001b[2J");
  }

  private UUID cluster() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  @Override
  public void close() {
    bell.close();
    discoveryClient.close();
    trust.close();
  }
}
