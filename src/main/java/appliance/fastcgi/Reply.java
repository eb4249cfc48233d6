package appliance.fastcgi;

import appliance.buffer.AnswerBuffer;
import appliance.buffer.AnswerMemory;
import appliance.model.Caller;
import appliance.runtime.UnlessEnding;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSinkChannel;

/** The answer on its way to the client. Belongs to the exchange's I/O thread. */
final class Reply implements Answer {

  /** A body that php has answered without reading is read away if it is no longer than that. */
  private static final long READ_AWAY_MAX = 1 << 20;

  private final HttpServerExchange exchange;
  private final Caller caller;
  private final AnswerBuffer held;
  private final Duration idle;
  private final Consumer<ClientFailure> lost;
  private @Nullable StreamSinkChannel channel;
  private boolean taken;
  private boolean bodyless;

  /** Whether it is php alone that knows how long the body of a GET would be: 0 would be a lie. */
  private boolean lengthUnknown;

  private long left = -1;

  /** Since php was faster than the client, or before the answer may begin. */
  private boolean behind;

  private boolean ended;
  private @Nullable Runnable reader;
  private XnioExecutor.@Nullable Key timer;

  /**
   * @param memory for what the client does not take at once
   * @param idle for how long the client may take nothing
   * @param lost learns that the client is gone or takes nothing, once, and is to {@link #cut}
   */
  Reply(
      HttpServerExchange exchange,
      Caller caller,
      AnswerMemory memory,
      Duration idle,
      Consumer<ClientFailure> lost) {
    this.exchange = exchange;
    this.caller = caller;
    held = new AnswerBuffer(memory);
    this.idle = idle;
    this.lost = lost;
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
    left -= left >= 0 ? bytes.remaining() : 0;
    if (bytes.hasRemaining() && !behind) {
      send(bytes);
    }
    held.put(bytes);
    return !held.full() && (channel != null || held.isEmpty());
  }

  private void send(ByteBuffer bytes) throws ClientFailure {
    if (!mayBegin()) {
      behind = true;
      caller.whenItMay(this::goOn);
      return;
    }
    try {
      StreamSinkChannel to = channel();
      held.pass(bytes, to);
      behind = bytes.hasRemaining() || !to.flush();
    } catch (IOException e) {
      throw new ClientFailure(e);
    }
    if (behind) {
      awaitClient(this::goOn);
    }
  }

  private boolean mayBegin() {
    return channel != null || caller.mayAnswer();
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

  private void awaitClient(Runnable next) {
    StreamSinkChannel sink = channel;
    if (sink == null) {
      throw new IllegalStateException("a client is waited for that was sent nothing");
    }
    if (timer == null) {
      timer = UnlessEnding.executeAfter(
          exchange.getIoThread()::executeAfter,
          this::stoodStill,
          idle.toNanos(),
          TimeUnit.NANOSECONDS);
    }
    sink.getWriteSetter().set(ready -> {
      ready.suspendWrites();
      next.run();
    });
    sink.resumeWrites();
  }

  private void stoodStill() {
    timer = null;
    lost.accept(new ClientFailure("the client stood still for " + idle.toSeconds() + " s"));
  }

  /** The client takes more, or the answer may begin. */
  private void goOn() {
    if (!mayBegin()) {
      caller.whenItMay(this::goOn);
      return;
    }
    try {
      boolean moved = !held.isEmpty() && held.drainTo(channel());
      if (moved || held.isEmpty()) {
        unwatch();
      }
      behind = !held.isEmpty() || (channel != null && !channel.flush());
    } catch (IOException e) {
      lost.accept(new ClientFailure(e));
      return;
    }
    if (behind) {
      awaitClient(this::goOn);
    } else if (ended) {
      finish();
    }
    if (held.low()) {
      readOn();
    }
  }

  private void readOn() {
    Runnable waiting = reader;
    reader = null;
    if (waiting != null) {
      waiting.run();
    }
  }

  @Override
  public void whenRoom(Runnable more) {
    reader = more;
  }

  private void unwatch() {
    if (timer != null) {
      timer.remove();
      timer = null;
    }
  }

  /** Nobody waits for the client any more; may be called again. */
  void release() {
    unwatch();
    held.clear();
  }

  /** Whether there is something that the client has not taken yet. */
  boolean holding() {
    return !held.isEmpty();
  }

  /** Whether the client has been given all that was announced. */
  boolean complete() {
    return taken && left == 0 && held.isEmpty();
  }

  @Override
  public void end() throws InvalidResponse {
    if (left > 0) {
      throw new InvalidResponse(left + " bytes less than its Content-Length");
    }
    ended = true;
    caller.given();
    if (!behind && mayBegin()) {
      finish();
    } else if (!behind) {
      caller.whenItMay(this::goOn);
    }
  }

  /** The end goes out before what the client still sends is read: it may wait for that end. */
  private void finish() {
    if (channel == null && !lengthUnknown) {
      exchange.endExchange();
      return;
    }
    try {
      channel().shutdownWrites();
      flushEnd();
    } catch (IOException e) {
      gone(e);
    }
  }

  private void flushEnd() {
    unwatch();
    try {
      if (channel().flush()) {
        caller.answered();
      } else {
        awaitClient(this::flushEnd);
      }
    } catch (IOException e) {
      gone(e);
    }
  }

  private void gone(IOException how) {
    cut(String.valueOf(how.getMessage()));
  }

  @Override
  public void cut(String why) {
    release();
    if (!exchange.isComplete()) { // else its connection may be another request's already
      caller.clientLost(why);
    }
  }
}
