package appliance.edge;

import appliance.edge.log.AccessLog;
import io.undertow.server.HttpServerExchange;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** The requests of the public: follows each from its head to its end, for the metrics and the log. */
final class Visits {

  /** For whatever host is not configured: a stranger must not make up labels. */
  static final String OTHER = "other";

  private final Function<HttpServerExchange, String> site;
  private final Map<String, Answers> bySite = new LinkedHashMap<>();
  private final Answers other = new Answers();
  private final Optional<AccessLog> log;
  private final String idPrefix =
      Long.toHexString(ThreadLocalRandom.current().nextLong() | 1L << 63);
  private final AtomicLong ids = new AtomicLong();

  /**
   * @param sites the names that {@code site} has for requests, besides {@link #OTHER}
   */
  Visits(
      Iterable<String> sites, Function<HttpServerExchange, String> site, Optional<AccessLog> log) {
    this.site = site;
    this.log = log;
    sites.forEach(name -> bySite.put(name, new Answers()));
    bySite.put(OTHER, other);
  }

  /** A request's head is read. */
  void begin(HttpServerExchange exchange) {
    Visit visit = new Visit(this);
    exchange.putAttachment(Visit.KEY, visit);
    exchange.addExchangeCompleteListener(visit);
  }

  /** Unique among all nodes and starts, for all that anyone can tell. */
  String id() {
    return idPrefix + "-" + Long.toHexString(ids.incrementAndGet());
  }

  void ended(HttpServerExchange exchange, Visit visit) {
    String name = site.apply(exchange);
    long nanos = System.nanoTime() - visit.beganAt();
    int status = visit.status(exchange);
    bySite.getOrDefault(name, other).add(status, nanos);
    if (log.isPresent()) {
      log.get().add(visit.entry(exchange, name, nanos));
    }
  }

  Map<String, Answers> bySite() {
    return bySite;
  }
}
