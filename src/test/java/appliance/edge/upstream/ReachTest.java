package appliance.edge.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.model.Endpoints;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReachTest {

  private static final HostPort NODE = new HostPort("192.0.2.7", 7800);
  private static final HostPort RELAY = new HostPort("192.0.2.7", 7802);
  private static final NodeId ID = NodeId.random();

  private static Reach to(Optional<URI> app, NodeId from) {
    Endpoints endpoints = new Endpoints(NODE, NODE, RELAY, NODE, app);
    return Reach.to(new Member(ID, "web1", endpoints, MemberState.ACTIVE, ""), "", from)
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fastcgi://192.0.2.7:9000",
        "several:http://192.0.2.7:3000,http://192.0.2.8:3000",
        "later:of-a-version-to-come"
      })
  void what_is_told_of_in_a_form_that_is_not_plain_http_is_reached_by_its_nodes_relay(String app) {
    assertEquals(
        new Reach(RELAY.socketAddress(), Reach.Way.RELAY),
        to(Optional.of(URI.create(app)), NodeId.random()));
  }

  @Test
  void several_applications_are_called_by_their_own_node_within_its_process() {
    List<URI> two = List.of(URI.create("http://192.0.2.7:3000"), URI.create("http://192.0.2.8:1"));
    assertEquals(Reach.Way.LOCAL, to(Endpoints.together(two), ID).way());
    assertEquals(
        new Reach(Reach.hostPort(two.get(0)).socketAddress(), Reach.Way.DIRECT),
        to(Endpoints.together(two.subList(0, 1)), NodeId.random()));
  }
}
