package appliance.edge.upstream;

import appliance.model.Fingerprint;
import appliance.trust.MemberPort;
import appliance.trust.Trust;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.SSLSessionInfo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

/** TLS on the way from one member's edge to another's relay, both sides; on the I/O threads. */
public final class RelayTls implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RelayTls.class);

  /** A record of 16 KB and what TLS adds to it. */
  private static final int RECORD_BYTES = 17 * 1024;

  private static final int RECORDS_KEPT_MAX = 256;
  private static final int RECORDS_PER_THREAD = 4;

  private final Trust trust;
  private final MemberPort port;

  public RelayTls(Trust trust) {
    this.trust = trust;
    ByteBufferPool records =
        new DefaultByteBufferPool(true, RECORD_BYTES, RECORDS_KEPT_MAX, RECORDS_PER_THREAD);
    port = trust.port(records);
  }

  /** Has {@code thread} close connections whose handshake takes too long. */
  public void watch(XnioIoThread thread) {
    port.watch(thread);
  }

  /** TLS on a connection that the relay has accepted. */
  public StreamConnection accepted(StreamConnection plain) {
    return port.accepted(plain);
  }

  void connected(
      StreamConnection plain, Consumer<StreamConnection> ready, Consumer<IOException> failed) {
    port.connected(plain, ready, failed);
  }

  /** Whether the request comes from a member, asked anew for each: it may have been removed since. */
  public boolean isMember(HttpServerExchange exchange) {
    SSLSessionInfo session = exchange.getConnection().getSslSessionInfo();
    InetSocketAddress from = exchange.getSourceAddress();
    if (session == null || from.getAddress() == null) {
      return false;
    }
    try {
      Fingerprint key = trust.members().peer(session.getSSLSession(), from.getAddress());
      return trust.trusted().get().owner(key).isPresent();
    } catch (SSLException e) {
      log.debug("A relayed request was refused", e); // it has been counted
      return false;
    }
  }

  @Override
  public void close() {
    port.close();
  }
}
