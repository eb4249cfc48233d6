package appliance.edge.exchange;

import appliance.edge.http.OriginalTarget;
import appliance.edge.log.AccessEntry;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import appliance.runtime.UnlessEnding;
import io.undertow.server.ExchangeCompletionListener;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.SSLSessionInfo;
import io.undertow.util.AttachmentKey;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import org.jspecify.annotations.Nullable;

/** One request of the public, as it goes on; touched by one thread at a time. */
public final class RequestTrace implements ExchangeCompletionListener {

  static final AttachmentKey<RequestTrace> KEY = AttachmentKey.create(RequestTrace.class);

  /** What an application is told, so that its log can be matched with ours. */
  static final HttpString REQUEST_ID = new HttpString("X-Request-ID");

  private final RequestTraces traces;
  private final long beganAt = System.nanoTime();
  private @Nullable App app;
  private long askedAt;
  private long connectedAt;
  private long answeredAt;
  private String id = "";
  private String within = "";
  private String broken = "";

  RequestTrace(RequestTraces traces) {
    this.traces = traces;
  }

  /** The one of {@code exchange}; none for requests of other edges. */
  public static @Nullable RequestTrace of(HttpServerExchange exchange) {
    return exchange.getAttachment(KEY);
  }

  long beganAt() {
    return beganAt;
  }

  /** It goes to an application; the last one counts. */
  public void asks(HttpServerExchange exchange, App next, long now) {
    app = next;
    askedAt = now;
    connectedAt = 0;
    answeredAt = 0;
    within = "";
    if (id.isEmpty()) {
      id = traces.id();
      exchange.getRequestHeaders().put(REQUEST_ID, id);
    }
  }

  /** There is a connection to the application that is asked, at {@code now} of the monotonic clock. */
  public void connected(long now) {
    connectedAt = now;
  }

  /** Which one of several applications of the node that is asked answers. */
  public void within(String application) {
    within = application;
  }

  /** The answer's head is there, at {@code now} of the monotonic clock. */
  public void answered(App by, int status, long now) {
    answeredAt = now;
    by.answers.add(status, now - askedAt);
  }

  /** An application's answer was broken off; {@code application} is who is to blame for it, and nobody else. */
  public void broken(Failure.Kind kind) {
    broken = kind.blame
        ? "application"
        : switch (kind) {
          case TOTAL -> "limit";
          case HELD_UP -> "client";
          default -> "node";
        };
  }

  /** The client left within an application's answer, unless that was broken off before, or this node stops. */
  public void brokenByClient() {
    broken = broken.isEmpty() ? traces.cutting() ? "node" : "client" : broken;
  }

  /** The client has reset the stream of {@code exchange}, which may end before anybody else hears of it. */
  public static void reset(HttpServerExchange exchange) {
    RequestTrace trace = of(exchange);
    boolean within = exchange.isResponseStarted() && !exchange.isResponseComplete();
    if (trace != null && trace.answeredAt != 0 && within) {
      trace.brokenByClient();
    }
  }

  @Override
  public void exchangeEvent(HttpServerExchange exchange, NextListener next) {
    try {
      if (perhapsLost(exchange) && traces.cutting()) {
        brokenByClient(); // by this node in its place, which nobody else may be told of any more
      }
      if (!perhapsLost(exchange)
          || !UnlessEnding.execute(exchange.getIoThread(), () -> traces.ended(exchange, this))) {
        traces.ended(exchange, this);
      }
    } finally {
      next.proceed();
    }
  }

  /**
   * Whether who breaks off may be told in a moment: Undertow closes a connection that cannot be read from or written to,
   * and ends its exchange with it, before it tells whoever wanted to.
   */
  private boolean perhapsLost(HttpServerExchange exchange) {
    return answeredAt != 0 && broken.isEmpty() && !exchange.getConnection().isOpen();
  }

  /** 499, as nginx has it, if the client left before there was an answer. */
  int status(HttpServerExchange exchange) {
    return exchange.isResponseStarted() || exchange.isUpgrade()
        ? exchange.getStatusCode()
        : Ending.CLIENT_LEFT;
  }

  AccessEntry entry(HttpServerExchange exchange, String site, long nanos) {
    HeaderMap headers = exchange.getRequestHeaders();
    App by = app;
    OriginalTarget asked = exchange.getAttachment(OriginalTarget.KEY);
    return new AccessEntry(
        new AccessEntry.Asked(
            Client.of(exchange),
            exchange.getRequestMethod().toString(),
            asked == null ? exchange.getRequestURI() : asked.path(),
            asked == null ? exchange.getQueryString() : asked.query(),
            exchange.getProtocol().toString()),
        new AccessEntry.Header(
            text(headers, Headers.HOST),
            text(headers, Headers.REFERER),
            text(headers, Headers.USER_AGENT)),
        new AccessEntry.Answer(
            status(exchange),
            exchange.getResponseBytesSent(),
            site,
            by == null ? "" : by.memberName,
            within,
            by == null ? "file" : "",
            broken),
        timing(nanos),
        id,
        tls(exchange));
  }

  private AccessEntry.Timing timing(long nanos) {
    long none = AccessEntry.Timing.NONE;
    long from = connectedAt == 0 ? askedAt : connectedAt;
    return new AccessEntry.Timing(
        System.currentTimeMillis(),
        nanos,
        connectedAt == 0 ? none : connectedAt - askedAt,
        answeredAt == 0 ? none : answeredAt - from);
  }

  private static String text(HeaderMap headers, HttpString name) {
    String value = headers.getFirst(name);
    return value == null ? "" : value;
  }

  private static String tls(HttpServerExchange exchange) {
    SSLSessionInfo session = exchange.getConnection().getSslSessionInfo();
    return session == null || session.getSSLSession() == null
        ? ""
        : session.getSSLSession().getProtocol();
  }
}
