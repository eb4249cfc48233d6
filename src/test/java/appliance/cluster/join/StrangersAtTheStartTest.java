package appliance.cluster.join;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.Cluster;
import appliance.cluster.Lab;
import appliance.cluster.state.ClusterFile;
import appliance.config.ClusterConfig;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import appliance.testing.Await;
import appliance.testing.Ports;
import appliance.testing.TestSecret;
import appliance.trust.JoinSecret;
import appliance.trust.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A start beside those who take its questions and know nothing of its secret. */
@Timeout(180)
final class StrangersAtTheStartTest {

  private static final Optional<JoinSecret> SECRET = Optional.of(TestSecret.SECRET);

  @RegisterExtension
  final Lab lab = new Lab("test");

  private final Lab.Seat seat = lab.seat("newcomer");
  private final HostPort nobody = new HostPort("127.0.0.1", Ports.block(10));
  private final Deque<AutoCloseable> opened = new ConcurrentLinkedDeque<>();

  @AfterEach
  void close() throws Exception {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }

  /** Takes connections and says nothing. */
  private HostPort mute() throws IOException {
    ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread taking = new Thread(() -> take(mute), "mute");
    taking.setDaemon(true);
    taking.start();
    opened.push(mute);
    return new HostPort("127.0.0.1", mute.getLocalPort() - DiscoveryServer.PORT_OFFSET);
  }

  private void take(ServerSocket mute) {
    while (!mute.isClosed()) {
      try {
        opened.push(mute.accept());
      } catch (IOException e) {
        assertTrue(mute.isClosed(), "the test is over: " + e);
      }
    }
  }

  /** Answers by the book, as whoever is in another cluster of this name; without the secret. */
  private HostPort answering(Greeting.Answer answer) throws IOException {
    HostPort address = new HostPort("127.0.0.1", Ports.block(10));
    Trust trust = lab.trust(lab.seat("stranger" + address.port()), Optional.empty());
    DiscoveryServer bell = new DiscoveryServer("test", trust, (question, caller) -> answer);
    opened.push(bell);
    bell.open(InetAddress.getLoopbackAddress(), address.port() + DiscoveryServer.PORT_OFFSET);
    return address;
  }

  private HostPort refusing() throws IOException {
    return answering(FalseAnswer.of(UUID.randomUUID(), "nobody is wanted here"));
  }

  private HostPort claiming() throws IOException {
    return answering(FalseAnswer.of(UUID.randomUUID(), ""));
  }

  private Plan decide(Optional<JoinSecret> secret, List<HostPort> peers, List<HostPort> heardOf)
      throws Exception {
    return decide(secret, peers, () -> heardOf);
  }

  private Plan decide(
      Optional<JoinSecret> secret, List<HostPort> peers, Supplier<List<HostPort>> heardOf)
      throws Exception {
    Trust trust = lab.trust(seat, secret);
    ClusterConfig config =
        new ClusterConfig("test", "newcomer", seat.data(), "127.0.0.1", seat.port(), peers);
    try (DiscoveryClient discoveryClient = new DiscoveryClient(trust)) {
      Identity identity = new Identity(config, seat.id(), trust);
      return new Joining(identity, discoveryClient, heardOf, lab.waits(seat), Duration.ofSeconds(2))
          .decide();
    }
  }

  private StartFailure refusedStart(List<HostPort> peers, List<HostPort> heardOf) {
    StartFailure failure = assertThrows(StartFailure.class, () -> decide(SECRET, peers, heardOf));
    assertEquals(ExitCode.CLUSTER, failure.exitCode());
    return failure;
  }

  /** The cluster of one that still holds nothing, so that all are asked before it is joined. */
  private HostPort founder() throws Exception {
    lab.start("founder");
    return lab.seat("founder").address();
  }

  @Test
  void none_of_them_keeps_a_newcomer_out_of_the_cluster_that_has_its_secret() throws Exception {
    HostPort founder = founder();
    List<HostPort> all = List.of(refusing(), claiming(), mute(), founder);
    Plan named = decide(SECRET, all, List.of());
    assertTrue(named.newcomer(), "it founds none");
    assertEquals(founder, named.file().hosts().get(0), "and joins this one");
    assertEquals(founder, decide(SECRET, List.of(), all).file().hosts().get(0));
  }

  @Test
  void one_that_is_heard_before_any_member_does_not_either() throws Exception {
    HostPort founder = founder();
    List<HostPort> strangers = List.of(refusing(), claiming());
    AtomicInteger asked = new AtomicInteger();
    Plan plan = decide(
        SECRET, List.of(), () -> asked.getAndIncrement() == 0 ? strangers : List.of(founder));
    assertEquals(founder, plan.file().hosts().get(0));
  }

  @Test
  void none_that_the_operator_has_not_named_keeps_a_node_from_founding() throws Exception {
    Plan plan = decide(SECRET, List.of(nobody), List.of(refusing(), claiming(), mute()));
    assertTrue(plan.founds());
  }

  @Test
  void one_on_the_network_that_never_answers_does_not_either() throws Exception {
    assertTrue(decide(SECRET, List.of(), List.of(mute())).founds());
  }

  @Test
  void beside_one_that_is_named_no_cluster_is_founded() throws Exception {
    HostPort refusing = refusing();
    String told = refusedStart(List.of(refusing), List.of()).toString();
    assertTrue(told.contains(refusing + " refuses this node: nobody is wanted here"), told);
    HostPort claiming = claiming();
    told = refusedStart(List.of(claiming), List.of()).toString();
    assertTrue(told.contains(claiming + " says to be in the cluster 'test'"), told);
    assertTrue(told.contains("correct --peers"), told);
  }

  @Test
  void where_none_is_named_a_wrong_secret_founds_no_second_cluster() throws Exception {
    HostPort claiming = claiming();
    String told = refusedStart(List.of(), List.of(claiming)).toString();
    assertTrue(told.contains(claiming + " says to be in the cluster 'test'"), told);
    assertTrue(told.contains("name your own ones with --peers"), told);
    told = refusedStart(List.of(), List.of(refusing())).toString();
    assertTrue(told.contains("refuses this node: nobody is wanted here"), told);
  }

  @Test
  void without_a_secret_it_joins_who_lets_it_in_whatever_others_say() throws Exception {
    Cluster cluster = lab.start("founder");
    HostPort founder = lab.seat("founder").address();
    List<HostPort> all = List.of(refusing(), claiming(), founder);
    CompletableFuture<Plan> plan = CompletableFuture.supplyAsync(() -> {
      try {
        return decide(Optional.empty(), List.of(), all);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    });
    Await.until("it asks", () -> cluster.entrants().asking().size() == 1);
    assertFalse(plan.isDone());
    Lab.done(cluster.operations().approve("newcomer"));
    assertEquals(founder, plan.get(60, TimeUnit.SECONDS).file().hosts().get(0));
  }

  @Test
  void a_member_returns_although_a_stranger_says_to_be_itself() throws Exception {
    HostPort twin = answering(FalseAnswer.of(seat.id(), UUID.randomUUID(), "no"));
    Trust trust = lab.trust(seat, SECRET);
    new ClusterFile(
            "test",
            UUID.randomUUID(),
            1,
            true,
            1,
            Set.of(seat.id(), NodeId.random()),
            List.of(twin),
            Set.of(trust.fingerprint()))
        .write(seat.data());
    assertFalse(decide(SECRET, List.of(twin), List.of()).newcomer());
  }
}
