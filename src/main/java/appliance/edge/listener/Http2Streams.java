package appliance.edge.listener;

import appliance.edge.exchange.RequestTrace;
import appliance.runtime.UnlessEnding;
import io.undertow.UndertowOptions;
import io.undertow.protocols.http2.Http2Channel;
import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.xnio.IoUtils;
import org.xnio.OptionMap;

/** The requests of one HTTP/2 connection: their number, their scheme, and when to say goodbye. */
final class Http2Streams implements HttpHandler {

  /** Requests of one connection at once; Undertow tells the client but does not hold it to that. */
  static final int STREAMS_MAX = 128;

  /** Streams that a client may give up, within the window; then the connection is closed. */
  private static final int RESETS_MAX = 200;

  private static final int RESETS_WINDOW_MILLIS = 30_000;

  /** From the word that the connection ends to its end. */
  private static final int LAST_REQUESTS_SECONDS = 1;

  private final Http2Connection channel;
  private final HttpHandler next;
  private final Http2Goodbye goodbye;
  private final End end;
  private final Http2Refusals refusals;
  private final Map<Integer, HttpServerExchange> active = new ConcurrentHashMap<>();
  private final AtomicInteger served = new AtomicInteger();

  /** On the connection's I/O thread. */
  private boolean ending;

  /**
   * When a client is told to connect anew.
   *
   * @param leaving whether this node is to leave
   * @param requestsMax on one connection; 0: no limit
   */
  record End(BooleanSupplier leaving, int requestsMax) {

    boolean reached(int served) {
      return leaving.getAsBoolean() || (requestsMax > 0 && served >= requestsMax);
    }
  }

  Http2Streams(
      Http2Connection channel,
      Http2Goodbye goodbye,
      HttpHandler next,
      End end,
      Http2Refusals refusals) {
    this.channel = channel;
    this.goodbye = goodbye;
    this.next = next;
    this.end = end;
    this.refusals = refusals;
  }

  /** What a frame may have at least: RFC 9113, section 4.2. */
  private static final int FRAME_BYTES_MIN = 16 * 1024;

  /** The limits of an HTTP/1.1 port, and those that HTTP/2 needs besides. */
  static OptionMap options(OptionMap limits) {
    return OptionMap.builder()
        .addAll(limits)
        .set(UndertowOptions.HTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, STREAMS_MAX)
        .set(UndertowOptions.HTTP2_SETTINGS_ENABLE_PUSH, false)
        // A header block goes to Undertow in one frame.
        .set(
            UndertowOptions.HTTP2_SETTINGS_MAX_FRAME_SIZE,
            Math.max(FRAME_BYTES_MIN, limits.get(UndertowOptions.MAX_HEADER_SIZE)))
        .set(UndertowOptions.MAX_RST_FRAMES_PER_WINDOW, RESETS_MAX)
        .set(UndertowOptions.RST_FRAMES_TIME_WINDOW, RESETS_WINDOW_MILLIS)
        .getMap();
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    if (active.size() >= STREAMS_MAX) {
      refusals.stream();
      IoUtils.safeClose(exchange.getConnection()); // resets this stream alone
      exchange.endExchange();
      return;
    }
    int stream = channel.received();
    active.put(stream, exchange);
    int number = served.incrementAndGet();
    if (number == end.requestsMax()) {
      leave();
    }
    exchange.addExchangeCompleteListener((ended, following) -> {
      active.remove(stream);
      if (active.isEmpty() && end.reached(served.get())) {
        UnlessEnding.execute(channel.getIoThread(), this::farewell);
      }
      following.proceed();
    });
    // What a client says in :scheme is not what it used.
    exchange.setRequestScheme("https");
    next.handleRequest(exchange);
  }

  /** Whether no request is under way. */
  boolean idle() {
    return active.isEmpty();
  }

  /**
   * The client wants no more of this stream. Undertow closes its channel only if nothing written to it waits for
   * the client to open its window, which will not come any more.
   */
  void reset(int stream) {
    HttpServerExchange left = active.get(stream);
    if (left != null) {
      RequestTrace.reset(left);
      // Undertow is to hear of it first, lest it sends a reset of its own.
      UnlessEnding.execute(channel.getIoThread(), () -> abandon(left));
    }
  }

  private static void abandon(HttpServerExchange left) {
    if (!left.isResponseComplete()) {
      IoUtils.safeClose(Connectors.getConduitSinkChannel(left));
    }
  }

  /** Ends all of a connection that was closed here; on its thread. Undertow would leave them to whoever answers. */
  void end() {
    List.copyOf(active.values()).forEach(HttpServerExchange::endExchange);
  }

  /** Requests since the connection was opened. */
  int served() {
    return served.get();
  }

  /** Has the client send its next requests elsewhere; those that it has sent are answered. On any thread. */
  void leave() {
    UnlessEnding.execute(channel.getIoThread(), this::farewell);
  }

  /** What the client has sent before it hears of it is still answered, and so none of it is lost. */
  private void farewell() {
    goodbye.say();
    if (!ending) {
      ending = true;
      UnlessEnding.executeAfter(
          channel.getIoThread()::executeAfter,
          this::goAway,
          LAST_REQUESTS_SECONDS,
          TimeUnit.SECONDS);
    }
  }

  /** Ends an idle connection; a busy one says farewell again with its last answer. */
  private void goAway() {
    ending = false;
    if (active.isEmpty() && channel.isOpen()) {
      channel.sendGoAway(Http2Channel.ERROR_NO_ERROR);
    }
  }
}
