package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.edge.proxy.Relay;
import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom a relay without TLS takes for a member. */
final class RelayAddressTest {

  private static ClusterView view(String host) {
    NodeId id = NodeId.random();
    HostPort at = new HostPort(host, 1);
    Member member = new Member(
        id, "a", new Endpoints(at, at, at, at, Optional.empty()), MemberState.ACTIVE, "");
    return new ClusterView("test", id, new Epoch(1), Optional.empty(), true, List.of(member));
  }

  /** A name is no address: whoever tells the relay of a new view must not wait for a name server. */
  @ParameterizedTest
  @CsvSource({"127.0.0.1, 200", "192.0.2.1, 403", "localhost, 403"})
  void members_are_told_by_addresses_alone(String host, int status) throws IOException {
    Relay relay = new Relay(HttpServerExchange::endExchange, Optional.empty());
    relay.members(view(host));
    Undertow server = Undertow.builder()
        .addHttpListener(0, "127.0.0.1")
        .setIoThreads(1)
        .setWorkerThreads(1)
        .setHandler(relay)
        .build();
    server.start();
    try {
      InetSocketAddress at = (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
      assertEquals(status, RawClient.get(at.getPort(), "/").status());
    } finally {
      server.stop();
    }
  }
}
