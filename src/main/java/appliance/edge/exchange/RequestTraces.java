package appliance.edge.exchange;

import appliance.edge.hot.HotLog;
import appliance.edge.hot.HotRequest;
import appliance.edge.log.AccessEntry;
import appliance.edge.log.AccessLog;
import appliance.edge.stats.Answers;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.StatusCodes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.xnio.StreamConnection;

/** The requests of the public: follows each from its head to its end, for the metrics and the log. */
public final class RequestTraces implements HotLog {

  /** For whatever host is not configured: a stranger must not make up labels. */
  public static final String OTHER = "other";

  private final Function<HttpServerExchange, String> site;
  private final Map<String, Answers> bySite = new LinkedHashMap<>();
  private final Answers other = new Answers();
  private final Optional<AccessLog> log;
  private final String idPrefix =
      Long.toHexString(ThreadLocalRandom.current().nextLong() | 1L << 63);
  private final AtomicLong ids = new AtomicLong();
  private volatile boolean cutting;

  /**
   * @param sites the names that {@code site} has for requests, besides {@link #OTHER}
   */
  public RequestTraces(
      Iterable<String> sites, Function<HttpServerExchange, String> site, Optional<AccessLog> log) {
    this.site = site;
    this.log = log;
    sites.forEach(name -> bySite.put(name, new Answers()));
    bySite.put(OTHER, other);
  }

  /** A request's head is read. */
  public void begin(HttpServerExchange exchange) {
    Client.remember(exchange);
    RequestTrace trace = new RequestTrace(this);
    exchange.putAttachment(RequestTrace.KEY, trace);
    exchange.addExchangeCompleteListener(trace);
  }

  /** What came on {@code connection} was no request, and is answered with 400. */
  public void unreadable(StreamConnection connection) {
    other.add(StatusCodes.BAD_REQUEST, 0);
    log.ifPresent(to -> to.add(Unreadable.entry(connection)));
  }

  /** Unique among all nodes and starts, for all that anyone can tell. */
  String id() {
    return idPrefix + "-" + Long.toHexString(ids.incrementAndGet());
  }

  /** From now on this node itself cuts what is under way, as it stops. */
  public void cuts() {
    cutting = true;
  }

  /** Whether it is this node by which a client's side ends. */
  boolean cutting() {
    return cutting;
  }

  void ended(HttpServerExchange exchange, RequestTrace trace) {
    String name = site.apply(exchange);
    long nanos = System.nanoTime() - trace.beganAt();
    int status = trace.status(exchange);
    bySite.getOrDefault(name, other).add(status, nanos);
    if (log.isPresent()) {
      log.get().add(trace.entry(exchange, name, nanos));
    }
  }

  @Override
  public Repeats repeatsOf(HttpServerExchange exchange) {
    String name = site.apply(exchange);
    Answers answers = bySite.getOrDefault(name, other);
    return (client, request, bytes, nanos) -> {
      answers.add(StatusCodes.OK, nanos);
      if (log.isPresent()) {
        log.get()
            .add(entry(
                client, request, new AccessEntry.Answer(200, bytes, name, "", "", "hit"), nanos));
      }
    };
  }

  private static AccessEntry entry(
      String client, HotRequest request, AccessEntry.Answer answer, long nanos) {
    String target = request.target();
    int mark = target.indexOf('?');
    String query = mark < 0 ? "" : target.substring(mark + 1);
    long none = AccessEntry.Timing.NONE;
    return new AccessEntry(
        new AccessEntry.Asked(
            client,
            request.isHead() ? "HEAD" : "GET",
            mark < 0 ? target : target.substring(0, mark),
            query,
            "HTTP/1.1"),
        new AccessEntry.Header(request.host(), request.referer(), request.userAgent()),
        answer,
        new AccessEntry.Timing(System.currentTimeMillis(), nanos, none, none),
        "",
        "");
  }

  /** What was answered for each configured site, by its name. */
  public Map<String, Answers> bySite() {
    return bySite;
  }
}
