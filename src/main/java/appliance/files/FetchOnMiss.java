package appliance.files;

import appliance.status.Section;
import appliance.status.Source;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves files like {@link StaticFiles}, and fetches one that is not here from a peer before it answers
 * 404. Requests for the same file share one fetch; they hold no thread while they wait.
 */
final class FetchOnMiss implements HttpHandler, Source, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FetchOnMiss.class);

  private static final AttachmentKey<Boolean> ASKED = AttachmentKey.create(Boolean.class);

  private static final int ABSENT_CHARS_MAX = 512;

  /**
   * What fetching may cost.
   *
   * @param fetchesMax fetches at once; each has a thread while it runs
   * @param queuedMax further fetches that wait for one; above that requests get 503
   * @param waitingMax requests that wait for any fetch; above that they get 503
   * @param waitMillis how long a request waits for its file before it gets 503; the fetch goes on
   * @param absentMillis how long a file that no peer has is not asked for again
   */
  public record Limits(
      int fetchesMax, int queuedMax, int waitingMax, long waitMillis, long absentMillis) {

    public static final Limits DEFAULT = new Limits(8, 256, 2048, 30_000, 1_000);
  }

  private final FileRoot root;
  private final PeerFetch peers;
  private final HttpHandler notFound;
  private final Limits limits;
  private final StaticFiles files;
  private final ThreadPoolExecutor fetchers;
  private final Map<String, CompletableFuture<Boolean>> running = new ConcurrentHashMap<>();
  private final Map<String, Long> absent = new ConcurrentHashMap<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final LongAdder fetched = new LongAdder();
  private final LongAdder failed = new LongAdder();

  public FetchOnMiss(FileRoot root, PeerFetch peers, HttpHandler notFound) {
    this(root, peers, notFound, Limits.DEFAULT, Repeats.NONE);
  }

  public FetchOnMiss(
      FileRoot root, PeerFetch peers, HttpHandler notFound, Limits limits, Repeats repeats) {
    this.root = root;
    this.peers = peers;
    this.notFound = notFound;
    this.limits = limits;
    files = new StaticFiles(root, this::missed, repeats);
    fetchers = new ThreadPoolExecutor(
        limits.fetchesMax(),
        limits.fetchesMax(),
        10,
        TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(limits.queuedMax()),
        FetchOnMiss::daemon);
    fetchers.allowCoreThreadTimeOut(true);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "media-fetch");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    files.handleRequest(exchange);
  }

  /** Comes from the files, on the IO thread. */
  private void missed(HttpServerExchange exchange) throws Exception {
    String urlPath = exchange.getRelativePath();
    Optional<UrlPath> path = fetchable(exchange, urlPath);
    if (path.isEmpty() || isAbsent(urlPath)) {
      notFound.handleRequest(exchange);
    } else if (waiting.get() >= limits.waitingMax()) {
      refuse(exchange);
    } else {
      exchange.putAttachment(ASKED, true);
      exchange.dispatch(
          SameThreadExecutor.INSTANCE, () -> await(exchange, urlPath, path.get().relative()));
    }
  }

  /** Each request asks once, and only for what could be a file that is shown. */
  private Optional<UrlPath> fetchable(HttpServerExchange exchange, String urlPath) {
    if (exchange.getAttachment(ASKED) != null
        || !StaticFiles.isRead(exchange)
        || !urlPath.startsWith(root.urlPrefix())) {
      return Optional.empty();
    }
    return UrlPath.parse(urlPath.substring(root.urlPrefix().length()))
        .filter(path -> !path.folder())
        .filter(path -> Visibility.of(path.segments()) == Visibility.SHOWN);
  }

  private boolean isAbsent(String urlPath) {
    Long since = absent.get(urlPath);
    return since != null
        && System.nanoTime() - since < TimeUnit.MILLISECONDS.toNanos(limits.absentMillis());
  }

  @SuppressWarnings("FutureReturnValueIgnored") // both outcomes are answered in the callback
  private void await(HttpServerExchange exchange, String urlPath, String relative) {
    CompletableFuture<Boolean> fetch;
    try {
      fetch = fetch(urlPath, relative);
    } catch (RejectedExecutionException e) {
      exchange.dispatch(exchange.getIoThread(), FetchOnMiss::refuse);
      return;
    }
    waiting.incrementAndGet();
    fetch
        .copy()
        .orTimeout(limits.waitMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((here, failure) -> {
          waiting.decrementAndGet();
          HttpHandler outcome = failure != null ? FetchOnMiss::refuse : here ? files : notFound;
          exchange.dispatch(exchange.getIoThread(), outcome);
        });
  }

  private CompletableFuture<Boolean> fetch(String urlPath, String relative) {
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    CompletableFuture<Boolean> other = running.putIfAbsent(urlPath, mine);
    if (other != null) {
      return other;
    }
    try {
      fetchers.execute(() -> run(urlPath, relative, mine));
      return mine;
    } catch (RejectedExecutionException e) {
      running.remove(urlPath, mine);
      mine.completeExceptionally(e);
      throw e;
    }
  }

  private void run(String urlPath, String relative, CompletableFuture<Boolean> result) {
    try {
      boolean here = isBrought(relative);
      if (here) {
        fetched.increment();
        files.forget(urlPath);
      } else {
        failed.increment();
        remember(urlPath);
      }
      running.remove(urlPath, result);
      result.complete(here);
    } catch (RuntimeException | Error e) {
      log.error("Fetching {} from a peer failed, it gets 503", relative, e);
      result.completeExceptionally(e);
    } finally {
      running.remove(urlPath, result);
    }
  }

  private boolean isBrought(String relative) {
    try {
      return peers.fetch(relative);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      log.warn("{} could not be fetched from a peer, it gets 404: {}", relative, e.toString());
    }
    return false;
  }

  private void remember(String urlPath) {
    if (urlPath.length() > ABSENT_CHARS_MAX) {
      return;
    }
    if (absent.size() >= root.limits().missesMax()) {
      absent.clear();
    }
    absent.put(urlPath, System.nanoTime());
  }

  private static void refuse(HttpServerExchange exchange) {
    exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "1");
    exchange.setStatusCode(StatusCodes.SERVICE_UNAVAILABLE);
    exchange.endExchange();
  }

  /** Makes the next request for a URL path look at the disk; for who knows that the file changed. */
  public void forget(String urlPath) {
    absent.remove(urlPath);
    files.forget(urlPath);
  }

  @Override
  public Section read() {
    Section.Builder all = Section.builder()
        .counter("fetched", fetched.sum())
        .counter("notFetched", failed.sum())
        .gauge("fetching", running.size())
        .gauge("waiting", waiting.get());
    return new Section(java.util.stream.Stream.concat(
            files.read().fields().stream(), all.build().fields().stream())
        .toList());
  }

  @Override
  public void close() {
    fetchers.shutdownNow();
    files.close();
  }
}
