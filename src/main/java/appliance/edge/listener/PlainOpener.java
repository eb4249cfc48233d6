package appliance.edge.listener;

import appliance.edge.hot.HotReads;
import appliance.edge.hot.HotService;
import appliance.edge.http.StrictReads;
import appliance.edge.io.ClientWrites;
import appliance.edge.io.LazyReads;
import appliance.edge.io.Opener;
import appliance.edge.upstream.IoThreadContext;
import appliance.edge.upstream.Threads;
import io.undertow.UndertowOptions;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.util.Optional;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;

/** HTTP/1.1 on plain connections. */
public final class PlainOpener implements Opener {

  private final Threads threads;
  private final Optional<HotService> hot;
  private final Requests requests;
  private final HttpOpenListener opener;
  private final long bodyBytesMax;

  /**
   * @param hot answers before {@code requests} what it can
   */
  public PlainOpener(
      Threads threads, OptionMap limits, Requests requests, Optional<HotService> hot) {
    this.threads = threads;
    this.hot = hot;
    this.requests = requests;
    bodyBytesMax = limits.get(UndertowOptions.MAX_ENTITY_SIZE);
    opener = new HttpOpenListener(threads.buffers, ClientLimits.http1(limits));
    opener.setRootHandler(requests.handler());
  }

  @Override
  public void opened(StreamConnection connection) {
    IoThreadContext context = threads.contexts.get(connection.getIoThread().getNumber());
    ClientWrites client = ClientWrites.install(connection, context.clients);
    LazyReads.install(connection, client::moved);
    hot.ifPresent(service -> HotReads.install(connection, service, client));
    StrictReads.install(connection, bodyBytesMax);
    ParserRefusals.install(connection, requests.unreadable());
    opener.handleEvent(connection);
  }

  @Override
  public void closeConnections() {
    opener.closeConnections();
  }
}
