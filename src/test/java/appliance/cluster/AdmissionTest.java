package appliance.cluster;

import static appliance.cluster.Lab.awaitAgreement;
import static appliance.cluster.Lab.done;
import static appliance.cluster.Lab.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.join.DiscoveryClient;
import appliance.cluster.join.DiscoveryServer;
import appliance.cluster.join.Identity;
import appliance.cluster.join.Joining;
import appliance.config.ClusterConfig;
import appliance.model.Fingerprint;
import appliance.model.Wait;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import appliance.testing.Await;
import appliance.testing.LogLines;
import appliance.testing.Seed;
import appliance.testing.TestSecret;
import appliance.trust.JoinSecret;
import appliance.trust.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is let into a cluster, and who is not. */
final class AdmissionTest {

  @RegisterExtension
  final Lab lab = new Lab("test");

  @Test
  void a_founder_makes_the_secret_that_lets_others_in() throws Exception {
    Cluster a = Lab.up(lab.node("a", List.of(), Optional.empty()));
    Path file = lab.seat("a").data().resolve(JoinSecret.FILE);
    Await.until("the secret is there", () -> Files.exists(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));

    Cluster b = Lab.up(lab.node("b", lab.at("a"), Optional.of(JoinSecret.read(file))));
    awaitAgreement(2, a, b);
    Path copy = lab.seat("b").data().resolve(JoinSecret.FILE);
    Await.until("b can let others in, too", () -> Files.exists(copy));
    assertEquals(JoinSecret.read(file), JoinSecret.read(copy));
  }

  @Test
  void a_wrong_secret_is_refused_and_counted_on_both_sides() throws Exception {
    Cluster a = lab.start("a");
    awaitAgreement(1, a);
    Cluster b =
        lab.node("b", lab.at("a"), Optional.of(new JoinSecret("another-secret-altogether")));
    StartFailure failure = Lab.refusedStart(b);
    assertEquals(ExitCode.CLUSTER, failure.exitCode());
    assertTrue(failure.toString().contains("the join secret is not this cluster's"), "" + failure);
    Await.until(
        "both have counted it",
        () -> counted("a", Refusal.WRONG_SECRET) && counted("b", Refusal.REFUSED_THERE));
    assertFalse(lab.trust("a").trusted().get().accepts(lab.trust("b").fingerprint()));
  }

  @Test
  void a_wrong_cluster_name_is_counted() throws Exception {
    Cluster a = lab.start("a");
    awaitAgreement(1, a);
    try (Lab elsewhere = new Lab("other")) {
      Cluster b = elsewhere.node("b", lab.at("a"));
      b.start();
      assertTrue(b.founded());
    }
    Await.until("it is counted", () -> counted("a", Refusal.WRONG_CLUSTER));
  }

  private boolean counted(String by, Refusal refusal) {
    return lab.trust(by).refusals().count(refusal) > 0;
  }

  @Test
  void a_node_without_a_secret_waits_until_someone_approves_it_at_any_member() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    awaitAgreement(2, a, b);
    Cluster c = lab.node("c", lab.at("a"), Optional.empty());
    CompletableFuture<Void> starting = CompletableFuture.runAsync(c::start);
    Await.until("b hears that c asks", () -> b.entrants().asking().size() == 1);
    assertEquals("c", b.entrants().asking().get(0).name());
    assertEquals(lab.trust("c").fingerprint(), b.entrants().asking().get(0).key());
    assertFalse(starting.isDone());
    Await.until(
        "its status says what it waits for",
        () -> "its approval".equals(c.views().get().joining().map(Wait::what).orElse("")));
    String remedy = c.views().get().joining().map(Wait::remedy).orElse("");
    assertTrue(
        remedy.contains(lab.seat("a").address() + "), run: appliance approve "
            + lab.trust("c").fingerprint()),
        remedy);
    assertFalse(lab.trust("a").trusted().get().accepts(lab.trust("c").fingerprint()));

    assertTrue(refusal(b.operations().approve("d")).contains("no node 'd' asks"));
    done(b.operations().approve(lab.trust("c").fingerprint().brief()));
    starting.get(90, TimeUnit.SECONDS);
    c.ready();
    awaitAgreement(3, a, b, c);
    assertEquals(Optional.empty(), c.views().get().joining());
    Await.until(
        "nobody asks any more",
        () -> a.entrants().asking().isEmpty() && b.entrants().asking().isEmpty());
    Await.until(
        "c can let others in",
        () -> lab.trust("c").secret().equals(Optional.of(TestSecret.SECRET)));
  }

  @Test
  void one_that_asks_to_join_founds_nothing_while_the_only_member_is_restarted() throws Exception {
    Cluster a = lab.start("a");
    Cluster c = lab.node("c", lab.at("a"), Optional.empty());
    CompletableFuture<Void> starting = CompletableFuture.runAsync(c::start);
    Await.until("a hears that c asks", () -> a.entrants().asking().size() == 1);
    try (LogLines told = LogLines.of("appliance.cluster.join.WaitingRoom")) {
      a.close();
      Await.until(
          "c sees that nobody answers",
          () -> told.all().stream().anyMatch(line -> line.contains("does not answer any more")));
    }
    Await.until(
        "its status says so, too",
        () -> c.views().get().joining().orElseThrow().what().contains("to answer again"));
    Cluster again = lab.start("a");
    Await.until("c asks once more", () -> again.entrants().asking().size() == 1);
    done(again.operations().approve("c"));
    starting.get(90, TimeUnit.SECONDS);
    c.ready();
    assertFalse(c.founded());
    awaitAgreement(2, again, c);
  }

  @Test
  void one_that_asks_to_join_takes_no_secret_for_a_wrong_one() throws Exception {
    Cluster a = lab.start("a");
    Cluster c = lab.node("c", lab.at("a"), Optional.empty());
    CompletableFuture<StartFailure> ended =
        CompletableFuture.supplyAsync(() -> Lab.refusedStart(c));
    Await.until("a hears that c asks", () -> a.entrants().asking().size() == 1);
    try (DiscoveryClient member = new DiscoveryClient(lab.trust("a"))) {
      Lab.Seat seat = lab.seat("a");
      ClusterConfig config =
          new ClusterConfig("test", "a", seat.data(), "127.0.0.1", seat.port(), List.of());
      Identity identity = new Identity(config, seat.id(), lab.trust("a"));
      Joining joining = new Joining(identity, member, List::of, lab.waits(seat));
      assertEquals(
          1, member.ask(lab.at("c"), joining.question(Optional.empty())).size(), "c answers");
    }
    assertFalse(counted("c", Refusal.WRONG_SECRET));
    done(a.operations().refuse("c", "here"));
    ended.get(60, TimeUnit.SECONDS);
  }

  @Test
  void a_node_that_an_operator_refuses_stays_so_over_a_restart_of_all_until_it_is_approved()
      throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    awaitAgreement(2, a, b);
    Cluster c = lab.node("c", lab.at("a"), Optional.empty());
    CompletableFuture<StartFailure> ended =
        CompletableFuture.supplyAsync(() -> Lab.refusedStart(c));
    Await.until("b hears that c asks", () -> b.entrants().asking().size() == 1);
    assertTrue(refusal(b.operations().refuse("d", "here")).contains("no node 'd' asks"));
    String member = lab.trust("a").fingerprint().toString();
    assertTrue(refusal(b.operations().refuse(member, "here")).contains("is a member"));

    done(b.operations().refuse("c", "here"));
    String told = ended.get(60, TimeUnit.SECONDS).toString();
    assertTrue(told.contains("an operator of the cluster has refused it"), told);
    assertTrue(b.entrants().asking().isEmpty(), "not shown any more");
    c.close();
    Fingerprint key = lab.trust("c").fingerprint();
    assertFalse(lab.trust("a").trusted().get().accepts(key));

    List.of(b, a).forEach(Cluster::close);
    Cluster a2 = lab.start("a");
    Cluster b2 = lab.start("b");
    awaitAgreement(2, a2, b2);
    told = Lab.refusedStart(lab.node("c", lab.at("b"), Optional.empty())).toString();
    assertTrue(told.contains("an operator of the cluster has refused it"), told);

    done(b2.operations().approve(key.toString()));
    Cluster again = lab.node("c", lab.at("a"), Optional.empty());
    Lab.up(again);
    awaitAgreement(3, a2, b2, again);
  }

  @Test
  void one_that_was_let_in_before_it_came_is_told_of_at_every_member_until_that_is_taken_back()
      throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    awaitAgreement(2, a, b);
    Fingerprint key = new Fingerprint("ab".repeat(Fingerprint.BYTES));
    done(a.operations().approve(key.toString()));
    Await.until("b tells of it", () -> keysLetIn(b).equals(List.of(key)));
    done(b.operations().refuse(key.toString(), "here"));
    Await.until("nobody is let in", () -> keysLetIn(a).isEmpty() && keysLetIn(b).isEmpty());
  }

  private static List<Fingerprint> keysLetIn(Cluster node) {
    return node.entrants().letIn().stream().map(asker -> asker.key()).toList();
  }

  @Test
  void two_clusters_of_one_name_with_different_secrets_stay_apart() throws Exception {
    Cluster a = lab.start("a");
    awaitAgreement(1, a);
    JoinSecret other = new JoinSecret("the-secret-of-the-others");
    Cluster b = Lab.up(lab.node("b", List.of(), Optional.of(other)));
    awaitAgreement(1, b);
    b.close();
    Cluster met = Lab.up(lab.node("b", lab.at("a"), Optional.of(other)));
    awaitAgreement(1, met);
    Await.until("a has seen the other's secret", () -> counted("a", Refusal.WRONG_SECRET));
    awaitAgreement(1, a);
    awaitAgreement(1, met);
  }

  @Test
  void idle_connections_and_half_handshakes_keep_no_node_from_joining() throws Exception {
    long seed = Seed.next();
    Random random = new Random(seed);
    Cluster a = lab.start("a");
    awaitAgreement(1, a);
    List<Socket> idle = new ArrayList<>();
    try {
      for (int port : List.of(0, DiscoveryServer.PORT_OFFSET)) {
        for (int i = 0; i < 20; i++) {
          Socket socket =
              new Socket(InetAddress.getLoopbackAddress(), lab.seat("a").port() + port);
          idle.add(socket);
          write(socket, i % 3 == 0 ? clientHello(random) : new byte[i % 3 - 1]);
        }
      }
      Cluster b = lab.start("b");
      awaitAgreement(2, a, b);
      assertFalse(b.founded(), "seed " + seed);
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  /** The head of a TLS handshake record, and a part of what it promises. */
  private static byte[] clientHello(Random random) {
    byte[] hello = new byte[60];
    random.nextBytes(hello);
    System.arraycopy(new byte[] {22, 3, 1, 1, 0, 1, 0, 0, (byte) 252, 3, 3}, 0, hello, 0, 11);
    return hello;
  }

  private static void write(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      assertTrue(socket.isConnected(), "it was thrown out already, as it should be");
    }
  }
}
