package appliance.fastcgi;

import appliance.model.Caller;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.Options;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSinkChannel;

/** The answer on its way to the client. Belongs to the exchange's I/O thread. */
final class Reply implements Answer {

  /** A body that php has answered without reading is read away if it is no longer than that. */
  private static final long READ_AWAY_MAX = 1 << 20;

  private static final Logger log = LoggerFactory.getLogger(Reply.class);

  private final HttpServerExchange exchange;
  private final Caller caller;
  private @Nullable StreamSinkChannel channel;
  private boolean taken;
  private boolean bodyless;

  /** Whether it is php alone that knows how long the body of a GET would be: 0 would be a lie. */
  private boolean lengthUnknown;

  private long left = -1;
  private @Nullable Runnable late;
  private long lateNanos;
  private XnioExecutor.@Nullable Key timer;

  Reply(HttpServerExchange exchange, Caller caller) {
    this.exchange = exchange;
    this.caller = caller;
  }

  /** Whether some of it may be out, so that no other answer can take its place. */
  boolean begun() {
    return exchange.isResponseStarted();
  }

  @Override
  public void begin(ResponseHead head, long whole) throws InvalidResponse {
    boolean never = head.status() == 204 || head.status() == 304;
    bodyless = never || exchange.getRequestMethod().equals(Methods.HEAD);
    long length = head.contentLength();
    if (!bodyless && whole >= 0 && length >= 0 && whole != length) {
      throw new InvalidResponse(whole + " bytes after announcing " + length);
    }
    taken = true;
    exchange.setStatusCode(head.status());
    if (!head.reason().isEmpty()) {
      exchange.setReasonPhrase(head.reason());
    }
    head.copyTo(exchange.getResponseHeaders());
    if (length < 0 && !bodyless) {
      length = whole;
    }
    if (length >= 0 && head.status() != 204) {
      exchange.getResponseHeaders().put(Headers.CONTENT_LENGTH, Long.toString(length));
    }
    lengthUnknown = bodyless && !never && length < 0;
    left = bodyless ? -1 : length;
    if (!exchange.isRequestComplete() && exchange.getRequestContentLength() > READ_AWAY_MAX) {
      exchange.getResponseHeaders().put(Headers.CONNECTION, "close"); // so that it stops sending
    }
  }

  @Override
  public boolean write(ByteBuffer bytes) throws IOException {
    if (bodyless) {
      bytes.position(bytes.limit());
      return true;
    }
    if (left >= 0 && bytes.remaining() > left) {
      throw new InvalidResponse("more than its Content-Length");
    }
    if (!mayBegin()) {
      return false;
    }
    int before = bytes.remaining();
    try {
      return writeSome(channel(), bytes);
    } catch (IOException e) {
      throw new ClientFailure(e);
    } finally {
      left -= left >= 0 ? before - bytes.remaining() : 0;
    }
  }

  private boolean mayBegin() {
    return channel != null || caller.mayAnswer();
  }

  private static boolean writeSome(StreamSinkChannel to, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (to.write(bytes) == 0) {
        return false;
      }
    }
    return to.flush();
  }

  private StreamSinkChannel channel() throws IOException {
    if (channel == null) {
      channel = exchange.getResponseChannel();
      if (channel == null) {
        throw new IOException("the exchange has been answered by someone else");
      }
    }
    return channel;
  }

  @Override
  public boolean heldBack() {
    return channel == null;
  }

  @Override
  public void watch(Duration time, Runnable stalled) {
    late = stalled;
    lateNanos = time.toNanos();
  }

  /** Nobody waits for the client any more. */
  void unwatch() {
    if (timer != null) {
      timer.remove();
      timer = null;
    }
  }

  @Override
  public void whenWritable(Runnable writer) {
    StreamSinkChannel sink = channel;
    if (sink == null) {
      caller.whenItMay(writer);
    } else {
      if (late != null) {
        timer = exchange.getIoThread().executeAfter(late, lateNanos, TimeUnit.NANOSECONDS);
      }
      sink.getWriteSetter().set(ready -> {
        ready.suspendWrites();
        unwatch();
        writer.run();
      });
      sink.resumeWrites();
    }
  }

  /** Whether the client has had all that was announced. */
  boolean complete() {
    return taken && left == 0;
  }

  @Override
  public void end() throws InvalidResponse {
    if (left > 0) {
      throw new InvalidResponse(left + " bytes less than its Content-Length");
    }
    if (mayBegin()) {
      finish();
    } else {
      caller.whenItMay(this::finish);
    }
  }

  /** The end goes out before what the client still sends is read: it may wait for that end. */
  private void finish() {
    if (channel == null && !lengthUnknown) {
      exchange.endExchange();
      return;
    }
    try {
      StreamSinkChannel to = channel();
      to.shutdownWrites();
      flushEnd(to);
    } catch (IOException e) {
      gone(e);
    }
  }

  private void flushEnd(StreamSinkChannel to) throws IOException {
    if (to.flush()) {
      caller.answered();
      return;
    }
    whenWritable(() -> {
      try {
        flushEnd(to);
      } catch (IOException e) {
        gone(e);
      }
    });
  }

  private void gone(IOException how) {
    log.debug("A client left before the end of its answer", how);
    cut();
  }

  /**
   * Ends an answer that is not complete by a reset: where the connection's end is the answer's a client
   * would take it for one (RFC 9112, section 8).
   */
  @Override
  public void cut() {
    unwatch();
    try {
      exchange.getConnection().setOption(Options.CLOSE_ABORT, true);
    } catch (IOException | IllegalArgumentException e) {
      log.debug("The connection cannot be reset, only closed", e);
    }
    IoUtils.safeClose(exchange.getConnection());
    exchange.endExchange();
  }

  /** Answers in php's place. */
  void answer(int status, String words) {
    if (begun()) {
      cut();
      return;
    }
    exchange.getResponseHeaders().clear();
    exchange.setStatusCode(status);
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
    if (status == 503) {
      exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "1");
    }
    exchange.getResponseSender().send(status + ": " + words + "\n", new Sent());
  }

  /** What the client still sends is the caller's, who has a limit for it. */
  private final class Sent implements IoCallback {
    @Override
    public void onComplete(HttpServerExchange ended, Sender sender) {
      caller.answered();
    }

    @Override
    public void onException(HttpServerExchange ended, Sender sender, IOException exception) {
      gone(exception);
    }
  }
}
