package appliance.files;

import appliance.status.Section;
import appliance.status.Source;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the files below one folder at one place of the site; what is not there goes to the next
 * handler, on the IO thread. Owns no thread: hot answers are given on the IO thread that asks, looks at
 * the disk are taken on a worker.
 *
 * <p>GET and HEAD are answered by RFC 9110 with conditions, ranges and content coding. Any other method
 * goes to the next handler if an application is behind; else it gets 405 (OPTIONS: 204) where a file is.
 */
public final class StaticFiles implements HttpHandler, Source, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StaticFiles.class);

  private static final int ATTEMPTS_MAX = 3;

  private final FileRoot root;
  private final HttpHandler next;
  private final Locator locator;
  private final FileCache cache;
  private final Delivery delivery;
  private final LongAdder passed = new LongAdder();
  private final LongAdder refused = new LongAdder();

  public StaticFiles(FileRoot root, HttpHandler next) {
    this(root, next, Repeats.NONE);
  }

  /**
   * @param repeats is offered the answers from memory
   */
  public StaticFiles(FileRoot root, HttpHandler next, Repeats repeats) {
    this(root, next, repeats, Brotli::available);
  }

  StaticFiles(FileRoot root, HttpHandler next, Repeats repeats, BooleanSupplier brotli) {
    this.root = root;
    this.next = next;
    locator = new Locator(root, brotli);
    cache = new FileCache(root.limits().cacheBytesMax(), root.limits().missesMax());
    delivery = new Delivery(root.limits(), repeats);
    warnOfNames();
  }

  private static void warnOfNames() {
    String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
    if (!encoding.equalsIgnoreCase("UTF-8")) {
      log.warn(
          "Files whose names are not plain ASCII will not be found, since the system's encoding is"
              + " {}: start with LC_ALL=C.UTF-8",
          encoding);
    }
  }

  /** Expects the decoded path as the exchange's relative path. */
  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    String path = exchange.getRelativePath();
    if (!path.startsWith(root.urlPrefix()) || belongsToApplication(exchange)) {
      pass(exchange);
      return;
    }
    long now = System.nanoTime();
    Asset hot = cache.fresh(path, now);
    if (hot != null) {
      serve(exchange, path, hot, true);
    } else if (cache.isMissing(path, now)) {
      pass(exchange);
    } else {
      lookUp(exchange, path);
    }
  }

  private boolean belongsToApplication(HttpServerExchange exchange) {
    return root.behind() == FileRoot.Behind.APPLICATION && !isRead(exchange);
  }

  static boolean isRead(HttpServerExchange exchange) {
    HttpString method = exchange.getRequestMethod();
    return method.equals(Methods.GET) || method.equals(Methods.HEAD);
  }

  private void lookUp(HttpServerExchange exchange, String path) throws Exception {
    Optional<UrlPath> parsed = UrlPath.parse(path.substring(root.urlPrefix().length()));
    if (parsed.isEmpty()) {
      pass(exchange);
    } else if (exchange.isInIoThread()) {
      exchange.dispatch(later -> lookUpNow(later, parsed.get()));
    } else {
      lookUpNow(exchange, parsed.get());
    }
  }

  private void lookUpNow(HttpServerExchange exchange, UrlPath path) throws Exception {
    for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      FileCache.Look look = cache.look();
      try {
        locator.find(path).answer(exchange, this, look);
        return;
      } catch (OpenFile.Changed | NoSuchFileException e) {
        log.debug("Looking again for {}: {}", path.relative(), e.toString());
        cache.forget(exchange.getRelativePath());
      }
    }
    exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "1");
    refuse(exchange, StatusCodes.SERVICE_UNAVAILABLE);
  }

  void found(HttpServerExchange exchange, Asset seen, FileCache.Look look) throws Exception {
    String path = exchange.getRelativePath();
    Asset known = cache.last(path);
    if (known != null && known.sameOnDisk(seen)) {
      cache.confirm(path, look);
      serve(exchange, path, known, true);
    } else if (seen.isLasting(System.currentTimeMillis())) {
      cache.put(path, seen, look);
      serve(exchange, path, seen, false);
    } else {
      cache.forget(path);
      serve(exchange, path, seen, false);
    }
  }

  void missed(HttpServerExchange exchange, FileCache.Look look) throws Exception {
    cache.missed(exchange.getRelativePath(), look);
    pass(exchange);
  }

  private void pass(HttpServerExchange exchange) throws Exception {
    passed.increment();
    if (exchange.isInIoThread()) {
      next.handleRequest(exchange);
    } else {
      exchange.dispatch(exchange.getIoThread(), next);
    }
  }

  /** Answers with {@code asset}; {@code hot} if it was asked for before and so is worth memory. */
  private void serve(HttpServerExchange exchange, String path, Asset asset, boolean hot)
      throws Exception {
    if (!isRead(exchange)) {
      refuseMethod(exchange);
    } else if (delivery.fromMemory(exchange, asset, now -> cache.holds(path, asset, now))) {
      return;
    } else if (exchange.isInIoThread()) {
      exchange.dispatch(later -> serveFromDisk(later, path, asset, hot));
    } else {
      serveNow(exchange, path, asset, hot);
    }
  }

  private void serveFromDisk(HttpServerExchange exchange, String path, Asset asset, boolean hot)
      throws Exception {
    try {
      serveNow(exchange, path, asset, hot);
    } catch (OpenFile.Changed | NoSuchFileException e) {
      cache.forget(path);
      lookUp(exchange, path);
    }
  }

  private void serveNow(HttpServerExchange exchange, String path, Asset asset, boolean hot)
      throws Exception {
    Optional<Asset> loaded = delivery.fromDisk(exchange, asset, hot);
    loaded.ifPresent(content -> cache.fill(path, content));
  }

  /** RFC 9110, 15.5.6 and 9.3.7. */
  private void refuseMethod(HttpServerExchange exchange) {
    exchange.getResponseHeaders().put(Headers.ALLOW, "GET, HEAD, OPTIONS");
    boolean options = exchange.getRequestMethod().equals(Methods.OPTIONS);
    exchange.setStatusCode(options ? StatusCodes.NO_CONTENT : StatusCodes.METHOD_NOT_ALLOWED);
    exchange.endExchange();
  }

  void refuse(HttpServerExchange exchange, int status) {
    refused.increment();
    exchange.setStatusCode(status);
    exchange.endExchange();
  }

  /** To {@code url}, which is a path and so stays on this host. */
  void redirect(HttpServerExchange exchange, String url) {
    if (!isRead(exchange)) {
      refuseMethod(exchange);
      return;
    }
    String query = exchange.getQueryString();
    boolean plain = query.chars().allMatch(c -> c > ' ' && c < 0x7f);
    String location = query.isEmpty() || !plain ? url : url + "?" + query;
    exchange.getResponseHeaders().put(Headers.LOCATION, location);
    exchange.setStatusCode(StatusCodes.MOVED_PERMANENTLY);
    exchange.endExchange();
  }

  /** Makes the next request for a URL path look at the disk; for who knows that the file changed. */
  public void forget(String path) {
    cache.forget(path);
  }

  @Override
  public Section read() {
    return Section.builder()
        .text("folder", root.folder().toString())
        .counter("fromMemory", delivery.fromMemoryCount())
        .counter("fromDisk", delivery.fromDiskCount())
        .counter("passed", passed.sum())
        .counter("refused", refused.sum())
        .gauge("cachedFiles", cache.size())
        .gauge("cachedBytes", cache.bytes())
        .gauge("openFiles", delivery.openFiles())
        .build();
  }

  @Override
  public void close() {
    cache.clear();
    delivery.close();
  }
}
