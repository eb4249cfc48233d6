package appliance.edge.upstream;

import appliance.model.Endpoints;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.NodeId;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;

/**
 * The way from this node to a member's application: direct, unless it listens on another machine's
 * loopback; then by that member's relay.
 *
 * @param address unresolved if it is a name: the connections look that up
 */
public record Reach(InetSocketAddress address, Way way, String site) {

  /** To an application of the default site. */
  public Reach(InetSocketAddress address, Way way) {
    this(address, way, Endpoints.DEFAULT_SITE);
  }

  /** The same way to another site's application. */
  public Reach of(String otherSite) {
    return new Reach(address, way, otherSite);
  }

  /** How a request gets there. */
  public enum Way {
    DIRECT,
    RELAY,
    /** Within this process, as the application does not speak HTTP. */
    LOCAL
  }

  private static final int HTTP_PORT = 80;

  /** Empty if the member has no application for the site. */
  public static Optional<Reach> to(Member member, String site, NodeId self) {
    return member
        .endpoints()
        .app(site)
        .map(app -> speaksHttp(app) ? direct(app, member, self) : other(member, self))
        .map(reach -> reach.of(site));
  }

  private static Reach direct(URI app, Member member, NodeId self) {
    HostPort direct = hostPort(app);
    boolean sameMachine =
        member.id().equals(self) || member.endpoints().cluster().isWrittenAsLoopback();
    return sameMachine || !direct.isWrittenAsLoopback()
        ? new Reach(direct.asWritten(), Way.DIRECT)
        : new Reach(member.endpoints().relay().asWritten(), Way.RELAY);
  }

  private static Reach other(Member member, NodeId self) {
    return new Reach(
        member.endpoints().relay().asWritten(), member.id().equals(self) ? Way.LOCAL : Way.RELAY);
  }

  static boolean speaksHttp(URI app) {
    return "http".equals(app.getScheme());
  }

  /** With port 80 if there is none. */
  public static HostPort hostPort(URI app) {
    String host = app.getHost();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return new HostPort(bare, app.getPort() < 0 ? HTTP_PORT : app.getPort());
  }
}
