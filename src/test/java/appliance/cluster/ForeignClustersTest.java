package appliance.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.join.DiscoveryClient;
import appliance.cluster.join.FalseAnswer;
import appliance.cluster.join.Identity;
import appliance.cluster.join.Joining;
import appliance.cluster.state.ClusterFile;
import appliance.config.ClusterConfig;
import appliance.model.HostPort;
import appliance.testing.LogLines;
import appliance.testing.TestSecret;
import appliance.trust.Trust;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Somebody answers as a cluster of this one's name, and is none. */
final class ForeignClustersTest {

  private static final HostPort HOST = new HostPort("192.0.2.66", 7800);

  @RegisterExtension
  final Lab lab = new Lab("test");

  private final ClusterFile own = ClusterFile.of("test", UUID.randomUUID(), 1000);

  @AutoClose
  private final LogLines told = LogLines.of(ForeignClusters.class);

  private DiscoveryClient discoveryClient;
  private ForeignClusters foreign;

  @BeforeEach
  void open() {
    Lab.Seat seat = lab.seat("a");
    Trust trust = lab.trust(seat, Optional.of(TestSecret.SECRET));
    discoveryClient = new DiscoveryClient(trust);
    ClusterConfig config =
        new ClusterConfig("test", "a", seat.data(), "127.0.0.1", seat.port(), List.of());
    Joining joining = new Joining(
        new Identity(config, seat.id(), trust), discoveryClient, List::of, lab.waits(seat));
    foreign = new ForeignClusters("test", joining);
  }

  @AfterEach
  void close() {
    discoveryClient.close();
  }

  private void meets(DiscoveryClient.Reply... replies) {
    assertEquals(Optional.empty(), foreign.better(own, false, List.of(replies)));
  }

  @Test
  void one_that_names_ever_other_clusters_is_told_of_once() throws IOException {
    for (int i = 0; i < 10_000; i++) {
      UUID cluster = new UUID(7, i);
      meets(FalseAnswer.reply(HOST.withPort(1000 + i), cluster, "", false));
      assertTrue(foreign.apart().contains(cluster.toString()), foreign.apart());
    }
    assertEquals(1, told.all().size());
  }

  @Test
  void what_it_says_stays_one_line_and_steers_no_terminal() throws IOException {
    String says = "no\r\n2030-01-01 ERROR forged \u001b[2J\u009b2J\u2028\u202eend";
    meets(FalseAnswer.reply(HOST, new UUID(7, 1), says, false));
    String line = told.all().get(0);
    for (String shown : List.of(line, foreign.apart())) {
      assertTrue(shown.endsWith("It says: no??2030-01-01 ERROR forged ?[2J?2J??end"), shown);
    }
  }

  @Test
  void how_a_node_is_moved_over_is_told_whatever_the_other_cluster_says() throws IOException {
    meets(FalseAnswer.reply(HOST, new UUID(7, 1), "the join secret is not this cluster's", false));
    String shown = foreign.apart();
    assertTrue(shown.contains("run 'appliance new-identity', and start it with --peers"), shown);
    assertTrue(shown.endsWith("It says: the join secret is not this cluster's"), shown);
  }

  @Test
  void one_that_has_proven_nothing_hides_none_that_has() throws IOException {
    UUID real = new UUID(7, 1);
    DiscoveryClient.Reply proven =
        FalseAnswer.reply(new HostPort("192.0.2.1", 7800), real, "it is full", true);
    DiscoveryClient.Reply other = FalseAnswer.reply(HOST, new UUID(7, 2), "", false);
    meets(proven, other);
    assertTrue(foreign.apart().contains(real.toString()), foreign.apart());
    meets(other, proven);
    assertTrue(foreign.apart().contains(real.toString()), foreign.apart());
    assertFalse(foreign.apart().contains("not shown"), foreign.apart());
    assertEquals(2, told.all().size(), "one for each");
  }
}
