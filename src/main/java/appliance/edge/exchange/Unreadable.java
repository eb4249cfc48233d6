package appliance.edge.exchange;

import appliance.edge.log.AccessEntry;
import appliance.model.AddressText;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.util.StatusCodes;
import java.net.InetSocketAddress;
import org.xnio.StreamConnection;
import org.xnio.ssl.SslConnection;

/** What the log is told of bytes that are no request: who sent them, and that they were refused. */
final class Unreadable {

  private Unreadable() {}

  static AccessEntry entry(StreamConnection connection) {
    long none = AccessEntry.Timing.NONE;
    return new AccessEntry(
        new AccessEntry.Asked(client(connection), "", "", "", protocol(connection)),
        new AccessEntry.Header("", "", ""),
        new AccessEntry.Answer(StatusCodes.BAD_REQUEST, 0, RequestTraces.OTHER, "", "", ""),
        new AccessEntry.Timing(System.currentTimeMillis(), 0, none, none),
        "",
        connection instanceof SslConnection tls ? tls.getSslSession().getProtocol() : "");
  }

  /** Known of HTTP/2 alone, which the handshake has chosen: what else came may be anything. */
  private static String protocol(StreamConnection connection) {
    return connection instanceof SslConnection tls
            && "h2".equals(UndertowXnioSsl.getSslEngine(tls).getApplicationProtocol())
        ? "HTTP/2.0"
        : "";
  }

  private static String client(StreamConnection connection) {
    return connection.getPeerAddress() instanceof InetSocketAddress from
            && from.getAddress() != null
        ? AddressText.of(from.getAddress())
        : "";
  }
}
