package appliance.edge;

import appliance.model.HostPort;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.channels.AcceptingChannel;

/** One HTTP/1.1 port, its limits set: Undertow leaves most of them open. */
final class HttpListener {

  private static final int BACKLOG = 4096;

  private final String purpose;
  private final HostPort address;
  private final HttpOpenListener opener;
  private final Threads threads;
  private final Optional<HotService> hot;
  private @Nullable AcceptingChannel<? extends StreamConnection> accepting;

  /**
   * @param purpose what an operator calls the port
   * @param hot answers before {@code root} what it can
   */
  HttpListener(
      String purpose,
      HostPort address,
      Threads threads,
      HttpHandler root,
      Optional<HotService> hot) {
    this.purpose = purpose;
    this.address = address;
    this.threads = threads;
    this.hot = hot;
    opener = new HttpOpenListener(threads.buffers, limits());
    opener.setRootHandler(root);
  }

  private static OptionMap limits() {
    return OptionMap.builder()
        .set(UndertowOptions.MAX_ENTITY_SIZE, EdgeLimits.BODY_BYTES_MAX)
        .set(UndertowOptions.MAX_HEADER_SIZE, EdgeLimits.HEAD_BYTES_MAX)
        .set(UndertowOptions.MAX_HEADERS, EdgeLimits.HEADERS_MAX)
        .set(UndertowOptions.MAX_PARAMETERS, EdgeLimits.PARAMETERS_MAX)
        .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, EdgeLimits.HEAD_MILLIS_MAX)
        .set(UndertowOptions.NO_REQUEST_TIMEOUT, EdgeLimits.KEEP_ALIVE_MILLIS)
        .set(UndertowOptions.ALWAYS_SET_DATE, true)
        .set(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
        .getMap();
  }

  /** Returns once connections are accepted. */
  void start() {
    OptionMap options = OptionMap.builder()
        .set(Options.TCP_NODELAY, true)
        .set(Options.REUSE_ADDRESSES, true)
        .set(Options.BACKLOG, BACKLOG)
        .getMap();
    try {
      accepting = threads.worker.createStreamConnectionServer(
          address.socketAddress(), ChannelListeners.openListenerAdapter(this::opened), options);
      accepting.resumeAccepts();
    } catch (BindException e) {
      throw failure(e);
    } catch (IOException | RuntimeException e) {
      throw new StartFailure(
          ExitCode.BAD_CONFIG, purpose + " " + address + " cannot be listened on: " + e, e);
    }
  }

  private void opened(StreamConnection connection) {
    Lane lane = threads.lanes.get(connection.getIoThread().getNumber());
    ClientWrites client = ClientWrites.install(connection, lane.clients);
    LazyReads.install(connection, client);
    hot.ifPresent(service -> HotReads.install(connection, service, client));
    opener.handleEvent(connection);
  }

  private StartFailure failure(BindException e) {
    boolean taken = String.valueOf(e.getMessage()).contains("in use");
    return taken
        ? new StartFailure(
            ExitCode.PORT_TAKEN,
            purpose + " " + address + " is taken by another program: stop it or choose another"
                + " --http ADDR:PORT",
            e)
        : new StartFailure(
            ExitCode.BAD_CONFIG,
            purpose + " " + address + " is not an address of this machine: choose another"
                + " --http ADDR:PORT",
            e);
  }

  int port() {
    AcceptingChannel<? extends StreamConnection> channel = accepting;
    return channel == null
        ? -1
        : channel.getLocalAddress(InetSocketAddress.class).getPort();
  }

  void stopAccepting() {
    IoUtils.safeClose(accepting);
  }

  void closeConnections() {
    opener.closeConnections();
  }
}
