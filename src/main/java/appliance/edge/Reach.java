package appliance.edge;

import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.NodeId;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;

/**
 * The way from this node to a member's application: direct, unless it listens on another machine's
 * loopback; then by that member's relay.
 */
record Reach(InetSocketAddress address, boolean relayed) {

  private static final int HTTP_PORT = 80;

  /** Resolves names, and so may block. Empty if the member has no application. */
  static Optional<Reach> to(Member member, NodeId self) {
    return member.endpoints().app().map(app -> {
      HostPort direct = hostPort(app);
      boolean sameMachine =
          member.id().equals(self) || member.endpoints().cluster().isLoopback();
      return sameMachine || !direct.isLoopback()
          ? new Reach(direct.socketAddress(), false)
          : new Reach(member.endpoints().relay().socketAddress(), true);
    });
  }

  static HostPort hostPort(URI app) {
    String host = app.getHost();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return new HostPort(bare, app.getPort() < 0 ? HTTP_PORT : app.getPort());
  }
}
