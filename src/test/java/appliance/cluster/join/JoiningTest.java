package appliance.cluster.join;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.Lab;
import appliance.config.ClusterConfig;
import appliance.model.HostPort;
import appliance.testing.TestSecret;
import appliance.trust.Trust;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a node decides at its start. */
final class JoiningTest {

  @RegisterExtension
  final Lab lab = new Lab("test");

  @Test
  void a_newcomer_looks_where_it_is_let_in_and_where_the_group_is_entered() throws Exception {
    lab.start("first");
    lab.start("second");
    HostPort first = lab.seat("first").address();
    HostPort second = lab.seat("second").address();

    assertEquals(List.of(second, first), looksAt(second, "x"), "the first one lets them in");
    assertEquals(List.of(first), looksAt(first, "y"), "and needs no other beside it");
  }

  /** As one that has never been anywhere, and is told of one node. */
  private List<HostPort> looksAt(HostPort peer, String newcomer) throws Exception {
    Lab.Seat seat = lab.seat(newcomer);
    Trust trust = lab.trust(seat, Optional.of(TestSecret.SECRET));
    ClusterConfig config =
        new ClusterConfig("test", newcomer, seat.data(), "127.0.0.1", seat.port(), List.of(peer));
    try (DiscoveryClient discoveryClient = new DiscoveryClient(trust)) {
      Joining joining = new Joining(
          new Identity(config, seat.id(), trust), discoveryClient, List::of, lab.waits(seat));
      Plan plan = joining.decide();
      assertTrue(plan.newcomer());
      assertEquals(2, plan.file().hosts().size(), "if that is not enough it looks at all");
      return plan.byFewHosts().file().hosts();
    }
  }
}
