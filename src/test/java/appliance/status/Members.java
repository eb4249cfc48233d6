package appliance.status;

import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Three members a, b and c, of whom a is this node and the master. */
final class Members {

  static final NodeId A = new NodeId(new UUID(0, 1));
  static final NodeId B = new NodeId(new UUID(0, 2));
  static final NodeId C = new NodeId(new UUID(0, 3));

  private Members() {}

  static ClusterView view() {
    return view(
        member(A, "a", MemberState.ACTIVE, ""),
        member(B, "b", MemberState.ACTIVE, ""),
        member(C, "c", MemberState.DOWN, "no heartbeat for 4 s"));
  }

  static ClusterView view(Member... members) {
    return new ClusterView("shop", A, new Epoch(7), Optional.of(A), true, List.of(members));
  }

  static Member member(NodeId id, String name, MemberState state, String reason) {
    int port = 7800 + (int) id.value().getLeastSignificantBits() * 10;
    HostPort host = new HostPort("10.0.0." + id.value().getLeastSignificantBits(), port);
    Optional<URI> app =
        id.equals(C) ? Optional.empty() : Optional.of(URI.create("http://127.0.0.1:9000"));
    return new Member(
        id,
        name,
        new Endpoints(
            host, host.withPort(port + 1), host.withPort(port + 2), host.withPort(80), app),
        state,
        reason);
  }
}
