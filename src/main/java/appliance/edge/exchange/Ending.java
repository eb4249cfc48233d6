package appliance.edge.exchange;

import appliance.edge.io.ClientEnd;
import appliance.edge.io.Deadlines.Deadline;
import appliance.edge.upstream.IoThreadContext;
import appliance.runtime.UnlessEnding;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.Options;

/** The ways in which an exchange ends other than by an application's whole answer. */
public final class Ending {

  private static final Logger log = LoggerFactory.getLogger(Ending.class);

  /** How long a client may go on sending a body that nobody wants, to be sure it reads our answer. */
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** For the log, as nginx has it: there was no answer when the client left. */
  static final int CLIENT_LEFT = 499;

  /** That an exchange was broken off, and nothing more is to be said on it. */
  private static final AttachmentKey<Boolean> BROKEN = AttachmentKey.create(Boolean.class);

  private Ending() {}

  /**
   * Has an answer without a body, given by whomever to {@code exchange} without a look at the body that the client
   * sends, go out at once. Undertow would first read all of that, from a client that may wait for the answer
   * before it sends any (RFC 9110, 10.1.1).
   */
  public static void answerFirst(HttpServerExchange exchange, IoThreadContext context) {
    exchange.addDefaultResponseListener(ended -> answeredFirst(ended, context));
  }

  private static boolean answeredFirst(HttpServerExchange exchange, IoThreadContext context) {
    boolean possible = exchange.isResponseChannelAvailable()
        && exchange.isRequestChannelAvailable()
        && !exchange.isRequestComplete()
        && exchange.getConnection().isOpen()
        && exchange.getAttachment(BROKEN) == null;
    if (possible) {
      exchange.dispatch(
          exchange.getIoThread(), () -> withoutBody(new RequestBody(exchange, context)));
    }
    return possible;
  }

  private static void withoutBody(RequestBody body) {
    HttpServerExchange exchange = body.exchange();
    if (Connectors.isEntityBodyAllowed(exchange)) {
      exchange.setResponseContentLength(0);
    }
    exchange.getResponseHeaders().put(Headers.CONNECTION, "close");
    exchange.getResponseSender().close(new Sent(body));
  }

  /** Ends an exchange whose response is out, once the client sends no more of a body. */
  public static void afterResponse(RequestBody body) {
    body.release();
    if (body.exchange().isComplete()) {
      return; // with buffers given back that it may still name
    }
    if (body.exchange().isRequestComplete() || body.takenElsewhere()) {
      body.exchange().endExchange();
    } else {
      new Linger(body).begin();
    }
  }

  /** Reads away what nobody wants: a close with bytes unread would take our answer with it. */
  private static final class Linger {

    private final RequestBody body;
    private final Deadline deadline;

    Linger(RequestBody body) {
      this.body = body;
      deadline = new Deadline(this::close);
    }

    void begin() {
      if (!body.opened()) {
        body.exchange().setMaxEntitySize(-1);
      }
      reset(body.exchange(), false); // the answer is whole
      body.context().deadlines.set(deadline, LINGER_NANOS);
      read();
    }

    private void read() {
      try (PooledByteBuffer pooled = body.context().buffers.allocate()) {
        int read = 1;
        for (int i = 0; i < RequestBody.READS_MAX && read > 0; i++) {
          read = body.channel().read(pooled.getBuffer().clear());
        }
        if (read > 0) {
          body.suspend();
          UnlessEnding.execute(body.context().thread, this::read);
          return;
        }
        if (read == 0) {
          body.awaitClient(this::read);
          return;
        }
        body.context().deadlines.clear(deadline);
        body.exchange().endExchange();
      } catch (IOException e) {
        log.debug("A client left within its request", e);
        body.context().deadlines.clear(deadline);
        close();
      }
    }

    /** Without a reset, which would take with it what the kernel still has of the answer. */
    private void close() {
      IoUtils.safeClose(body.exchange().getConnection());
      body.exchange().endExchange();
    }
  }

  /** Breaks the client's connection, so that it cannot take what it has for a whole answer. */
  public static void abort(HttpServerExchange exchange) {
    exchange.putAttachment(BROKEN, true);
    if (!exchange.isResponseStarted()) {
      // Undertow ends a stream of HTTP/2 as if it had been answered.
      exchange.setStatusCode(CLIENT_LEFT);
    }
    if (!ClientEnd.isReset(exchange)) { // a reset is not answered by one: RFC 9113, 5.4.2
      breakConnection(exchange);
    }
    exchange.endExchange();
  }

  private static void breakConnection(HttpServerExchange exchange) {
    reset(exchange, true);
    IoUtils.safeClose(exchange.getConnection());
  }

  /** Whether the connection's end is a reset, if it is closed here. */
  private static void reset(HttpServerExchange exchange, boolean wanted) {
    try {
      exchange.getConnection().setOption(Options.CLOSE_ABORT, wanted);
    } catch (IOException | IllegalArgumentException e) {
      log.debug("The connection cannot be reset, only closed", e);
    }
  }

  /**
   * Has an answer that is about to begin, and whose end is only that of the connection, not end like that before it is
   * whole, whoever closes the connection: a client would take it for whole (RFC 9112, section 8).
   */
  public static void resetUnlessWhole(HttpServerExchange answer) {
    if (!answer.getResponseHeaders().contains(Headers.CONTENT_LENGTH)) {
      reset(answer, true);
      answer.addExchangeCompleteListener((ended, next) -> {
        reset(ended, false);
        next.proceed();
      });
    }
  }

  /** Tells who would do more than read that nobody here can (RFC 9110, 9.3.7 and 15.5.6). */
  public static void readOnly(RequestBody body) {
    HttpServerExchange exchange = body.exchange();
    exchange.addResponseCommitListener(
        answer -> answer.getResponseHeaders().put(Headers.ALLOW, "GET, HEAD, OPTIONS"));
    if (exchange.getRequestMethod().equals(Methods.OPTIONS)) {
      exchange.setStatusCode(StatusCodes.NO_CONTENT);
      exchange.endExchange();
    } else {
      page(body, StatusCodes.METHOD_NOT_ALLOWED, "there are files only here");
    }
  }

  /** Answers with a small plain page. */
  public static void page(RequestBody body, int status, String words) {
    String text = status + " " + StatusCodes.getReason(status) + ": " + words + "\n";
    answer(
        body,
        status,
        "text/plain; charset=utf-8",
        ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Answers with a page of HTML in UTF-8. */
  public static void html(RequestBody body, int status, ByteBuffer page) {
    answer(body, status, "text/html; charset=utf-8", page);
  }

  private static void answer(RequestBody body, int status, String type, ByteBuffer page) {
    HttpServerExchange exchange = body.exchange();
    if (exchange.isResponseStarted()) {
      abort(exchange);
      return;
    }
    // It may take the place of an application's.
    exchange.getResponseHeaders().clear();
    exchange.setStatusCode(status);
    exchange.setReasonPhrase(StatusCodes.getReason(status));
    exchange
        .getResponseHeaders()
        .put(Headers.CONTENT_TYPE, type)
        .put(Headers.CACHE_CONTROL, "no-store")
        .put(Headers.CONTENT_LENGTH, page.remaining());
    if (status == StatusCodes.SERVICE_UNAVAILABLE) {
      exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "2");
    }
    if (!exchange.isRequestComplete()) {
      exchange.getResponseHeaders().put(Headers.CONNECTION, "close");
    }
    exchange.getResponseSender().send(page, new Sent(body));
  }

  private record Sent(RequestBody body) implements IoCallback {

    @Override
    public void onComplete(HttpServerExchange exchange, Sender sender) {
      afterResponse(body);
    }

    @Override
    public void onException(HttpServerExchange exchange, Sender sender, IOException exception) {
      log.debug("A client left before its error page", exception);
      abort(exchange);
    }
  }
}
