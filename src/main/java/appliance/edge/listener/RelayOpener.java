package appliance.edge.listener;

import appliance.edge.io.LazyReads;
import appliance.edge.io.Opener;
import appliance.edge.io.TlsReads;
import appliance.edge.upstream.RelayTls;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;

/** HTTP/1.1 inside of TLS with members only. */
public final class RelayOpener implements Opener {

  private final RelayTls tls;
  private final HttpOpenListener opener;

  public RelayOpener(RelayTls tls, ByteBufferPool buffers, OptionMap limits, HttpHandler root) {
    this.tls = tls;
    opener = new HttpOpenListener(buffers, limits);
    opener.setRootHandler(root);
  }

  @Override
  public void opened(StreamConnection connection) {
    LazyReads reads = LazyReads.install(connection);
    StreamConnection secure = tls.accepted(connection);
    TlsReads.install(secure, reads);
    opener.handleEvent(secure);
  }

  @Override
  public void closeConnections() {
    opener.closeConnections();
  }
}
