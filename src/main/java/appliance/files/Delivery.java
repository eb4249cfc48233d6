package appliance.files;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends an asset as the request wants it: from memory if it can, else from disk. */
final class Delivery implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Delivery.class);

  private final FileLimits limits;
  private final Repeats repeats;
  private final OpenFiles files;
  private final DirectMemory memory;
  private final Semaphore compressions = new Semaphore(Runtime.getRuntime().availableProcessors());
  private final LongAdder fromMemory = new LongAdder();
  private final LongAdder fromDisk = new LongAdder();

  Delivery(FileLimits limits, Repeats repeats) {
    this.repeats = repeats;
    this.limits = limits;
    files = new OpenFiles(limits.openFilesMax());
    memory = new DirectMemory(limits.cacheBytesMax());
  }

  /**
   * Answers on this thread if that takes nothing to be opened, and tells whether it did.
   *
   * @param still whether the asset is still in memory and fresh at a moment
   */
  boolean fromMemory(HttpServerExchange exchange, Asset asset, LongPredicate still)
      throws IOException {
    Representation chosen = choose(exchange, asset);
    Answer answer = answer(exchange, asset, chosen);
    boolean lengthOnly = chosen.length() >= 0 && exchange.getRequestMethod().equals(Methods.HEAD);
    if (answer.needsContent() && chosen.bytes() == null && !lengthOnly) {
      return fromOpen(exchange, asset, chosen, answer);
    }
    fromMemory.increment();
    offer(exchange, chosen, answer, still);
    new Response(exchange, asset, chosen, answer).send(chosen.bytes());
    return true;
  }

  /** Only what a socket takes without a copy is worth to be given again. */
  private void offer(
      HttpServerExchange exchange, Representation chosen, Answer answer, LongPredicate still) {
    ByteBuffer content = chosen.bytes();
    if (answer.status() == 200 && content != null && content.isDirect()) {
      repeats.offer(exchange, content, now -> still.test(now) && counted());
    }
  }

  private boolean counted() {
    fromMemory.increment();
    return true;
  }

  private boolean fromOpen(
      HttpServerExchange exchange, Asset asset, Representation chosen, Answer answer)
      throws IOException {
    Optional<OpenFile> file = chosen.made() ? Optional.empty() : files.shared(chosen.stamp());
    file.ifPresent(open -> {
      fromDisk.increment();
      new Response(exchange, asset, chosen, answer).send(open);
    });
    return file.isPresent();
  }

  /**
   * Reads or opens the file, blocking, and answers; a large one goes on being sent after the return.
   *
   * @param hot whether the asset is asked for often, and so worth memory
   * @return the asset with its content, if that is to be kept
   * @throws OpenFile.Changed before anything was answered, if the file is another by now
   */
  Optional<Asset> fromDisk(HttpServerExchange exchange, Asset asset, boolean hot)
      throws IOException {
    fromDisk.increment();
    Representation chosen = choose(exchange, asset);
    boolean mayCompress = chosen.made() && compressions.tryAcquire();
    try {
      return mayCompress || !chosen.made()
          ? send(exchange, asset, chosen, hot)
          : send(exchange, asset, asset.plain(), hot);
    } catch (OpenFile.TooMany e) {
      log.debug("{} gets 503: {}", exchange.getRequestPath(), e.getMessage());
      exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "1");
      end(exchange, StatusCodes.SERVICE_UNAVAILABLE);
    } catch (AccessDeniedException e) {
      log.debug("{} gets 403: {}", exchange.getRequestPath(), e.toString());
      end(exchange, StatusCodes.FORBIDDEN);
    } finally {
      if (mayCompress) {
        compressions.release();
      }
    }
    return Optional.empty();
  }

  private static void end(HttpServerExchange exchange, int status) {
    exchange.setStatusCode(status);
    exchange.endExchange();
  }

  private Optional<Asset> send(
      HttpServerExchange exchange, Asset asset, Representation chosen, boolean hot)
      throws IOException {
    Answer answer = answer(exchange, asset, chosen);
    if (chosen.made() || chosen.length() <= limits.smallFileBytesMax()) {
      byte[] content = load(chosen);
      Representation loaded = chosen.with(ByteBuffer.wrap(content));
      new Response(exchange, asset, loaded, answer).send(loaded.bytes());
      return hot ? Optional.of(asset.with(chosen.with(memory.copy(content)))) : Optional.empty();
    }
    OpenFile file = files.openShared(chosen.stamp(), exchange.getIoThread());
    new Response(exchange, asset, chosen, answer).send(file);
    return Optional.empty();
  }

  private byte[] load(Representation chosen) throws IOException {
    try (OpenFile file = files.openAlone(chosen.stamp())) {
      byte[] content = file.readAll(chosen.stamp());
      return chosen.made() ? compress(chosen.coding(), content) : content;
    }
  }

  private static byte[] compress(String coding, byte[] content) throws IOException {
    return coding.equals(Representation.BROTLI) ? Brotli.compress(content) : Gzip.compress(content);
  }

  private static Representation choose(HttpServerExchange exchange, Asset asset) {
    HeaderMap request = exchange.getRequestHeaders();
    HeaderValues accepted = asset.isVaried() ? request.get(Headers.ACCEPT_ENCODING) : null;
    return accepted == null
        ? asset.plain()
        : asset.choose(accepted, request.contains(Headers.RANGE));
  }

  private Answer answer(HttpServerExchange exchange, Asset asset, Representation chosen) {
    boolean get = exchange.getRequestMethod().equals(Methods.GET);
    return Answer.to(exchange.getRequestHeaders(), get, asset, chosen, limits.rangesMax());
  }

  long fromMemoryCount() {
    return fromMemory.sum();
  }

  long fromDiskCount() {
    return fromDisk.sum();
  }

  int openFiles() {
    return files.inUse();
  }

  @Override
  public void close() {
    files.close();
  }
}
