package appliance.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.join.JoinRequests;
import appliance.cluster.mastery.Attending;
import appliance.cluster.mastery.Lease;
import appliance.cluster.mastery.Replicas;
import appliance.cluster.raft.Consensus;
import appliance.cluster.raft.Timing;
import appliance.cluster.state.ClusterCommand;
import appliance.cluster.state.ClusterFile;
import appliance.config.ClusterConfig;
import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.runtime.Published;
import appliance.testing.Await;
import appliance.testing.TestSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node alone that has founded a cluster, and is about to give it up for another one. */
final class DiscoveryTest {

  @RegisterExtension
  final Lab lab = new Lab("test");

  private final Lab.Seat seat = lab.seat("a");
  private final Discovery discovery = new Discovery(
      node(),
      new JoinRequests(System::nanoTime, message -> {}),
      new Published<>(ClusterView.empty("test", seat.id())));

  private Session.Node node() {
    HostPort address = seat.address();
    return new Session.Node(
        new ClusterConfig("test", "a", seat.data(), "127.0.0.1", seat.port(), List.of()),
        seat.id(),
        new Endpoints(address, address, address, address, Optional.empty()),
        Timing.FAST,
        System::nanoTime,
        lab.trust(seat, Optional.of(TestSecret.SECRET)),
        new Holdings(System::nanoTime),
        new Replicas(seat.id(), System::nanoTime, message -> {}),
        new Attending(Timing.FAST, System::nanoTime, () -> {}));
  }

  @AfterEach
  void close() {
    discovery.close();
  }

  private Session founded() throws InterruptedException {
    Session session = discovery.meet(new Lease(System::nanoTime), new Unwatched());
    Await.until("it is founded", () -> {
      session.tick();
      return session.situation().state().cluster().isPresent();
    });
    assertEquals(Founder.NOW, discovery.founder());
    assertTrue(session.provisional(), "it holds nothing");
    return session;
  }

  private Path aside() {
    return seat.data().resolve("cluster.given-up");
  }

  private boolean inItsPlace(Session session) throws IOException {
    return ClusterFile.read(seat.data())
        .filter(file -> file.cluster().equals(session.file().cluster()))
        .isPresent();
  }

  @Test
  void a_cluster_that_holds_nothing_still_when_nothing_more_can_come_is_put_aside()
      throws Exception {
    Session session = founded();
    session.close();
    discovery.putAside(session);
    assertTrue(Files.exists(aside()));
    assertFalse(inItsPlace(session));
  }

  @Test
  void one_that_has_come_to_hold_something_since_it_was_looked_at_stays_where_it_is()
      throws Exception {
    Session session = founded();
    String refusal = session
        .consensus()
        .submit(new ClusterCommand.Hold().encode())
        .toCompletableFuture()
        .join();
    assertEquals("", refusal);
    session.close();
    discovery.putAside(session);
    assertFalse(Files.exists(aside()));
    assertTrue(inItsPlace(session));
  }

  /** The test looks for itself. */
  private static final class Unwatched implements Consensus.Watcher {
    @Override
    public void changed() {
      // it asks
    }

    @Override
    public void received(NodeId from, byte[] message) {
      throw new AssertionError("nobody is there");
    }

    @Override
    public void failed(String reason) {
      throw new AssertionError(reason);
    }
  }
}
