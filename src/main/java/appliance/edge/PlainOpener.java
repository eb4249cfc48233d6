package appliance.edge;

import io.undertow.connector.ByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;

/** HTTP/1.1 on plain connections. */
final class PlainOpener implements Opener {

  private final HttpOpenListener opener;

  PlainOpener(ByteBufferPool buffers, OptionMap limits, HttpHandler root) {
    opener = new HttpOpenListener(buffers, limits);
    opener.setRootHandler(root);
  }

  @Override
  public void opened(StreamConnection connection) {
    LazyReads.install(connection);
    FoldedLines.install(connection);
    opener.handleEvent(connection);
  }

  @Override
  public void closeConnections() {
    opener.closeConnections();
  }
}
