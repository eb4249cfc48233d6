package appliance.edge.exchange;

import appliance.buffer.AnswerBuffer;
import appliance.edge.http.ChunkedDecoder;
import appliance.edge.http.InvalidResponse;
import appliance.edge.http.ResponseHead;
import appliance.edge.http.Trailers;
import appliance.edge.io.Deadlines.Deadline;
import appliance.edge.upstream.IoThreadContext;
import appliance.edge.write.AnswerGate;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.util.HeaderMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSinkChannel;

/**
 * The body of an application's answer on its way to the client. What the client does not take at once is held,
 * so that the application is soon free for others; when that is too much, nothing more is read until half of it
 * is gone.
 */
public final class ResponseBody {

  /** What the reader of the application's answer is told. */
  public interface Reader {

    /** The client has taken much of what was held, or all of it: read on, or end what is complete. */
    void resume();

    /** The client is gone, or too slow. */
    void clientLost(String why);
  }

  private final HttpServerExchange exchange;
  private final RequestBody request;
  private final IoThreadContext context;
  private final Reader reader;
  private final @Nullable ChunkedDecoder chunked;
  private final Deadline slow;
  private final AnswerGate gate;
  private final AnswerBuffer held;

  /** Bytes to come, or -1 if only the connection's end tells. */
  private long left;

  private @Nullable StreamSinkChannel channel;
  private boolean awaitsClient;
  private boolean complete;
  private boolean excess;

  public ResponseBody(RequestBody request, Reader reader, ResponseHead head) {
    this.request = request;
    exchange = request.exchange();
    boolean expected = head.hasBody(exchange.getRequestMethod());
    context = request.context();
    this.reader = reader;
    chunked = expected && head.chunked() ? new ChunkedDecoder() : null;
    gate = new AnswerGate(exchange);
    held = new AnswerBuffer(context.memory);
    left = expected ? head.contentLength() : 0;
    complete = left == 0 && chunked == null;
    slow = new Deadline(() -> reader.clientLost("it took nothing for too long"));
  }

  /** Whether all of the body has arrived from the application. */
  public boolean complete() {
    return complete;
  }

  /** Whether the application sent more than its own framing allows. */
  public boolean excess() {
    return excess;
  }

  /** Whether bytes wait for the client to take them. */
  public boolean holding() {
    return !held.isEmpty();
  }

  /** Whether nothing more is to be read before {@link Reader#resume}. */
  public boolean full() {
    return held.full() || (holding() && !mayBegin());
  }

  /**
   * Takes what was read.
   *
   * @throws InvalidResponse if the framing is broken
   * @throws ClientFailure if the client is gone
   */
  public void accept(ByteBuffer bytes) throws IOException {
    unframe(bytes);
    if (holding()) {
      held.put(bytes);
      return;
    }
    try {
      send(bytes);
    } catch (IOException e) {
      throw new ClientFailure(e);
    }
    if (bytes.hasRemaining()) {
      held.put(bytes);
      waitForClient();
    }
  }

  private void unframe(ByteBuffer bytes) throws InvalidResponse {
    if (chunked != null) {
      excess = chunked.decode(bytes) > 0;
      complete = chunked.finished();
    } else if (left >= 0) {
      excess = bytes.remaining() > left;
      bytes.limit(bytes.position() + (int) Math.min(bytes.remaining(), left));
      left -= bytes.remaining();
      complete = left == 0;
    }
  }

  /** The application has closed its connection: an end only where no framing was given. */
  public boolean endOfConnection() {
    if (chunked == null && left < 0) {
      complete = true;
    }
    return complete;
  }

  /** Whether the head may go out, or has. */
  private boolean mayBegin() {
    return channel != null || gate.open();
  }

  private void whenItMayBegin(Runnable goOn) {
    if (mayBegin()) {
      goOn.run();
    } else {
      gate.whenOpen(goOn, this::ended);
    }
  }

  private void ended() {
    reader.clientLost("the exchange was ended before its answer could begin");
  }

  private void send(ByteBuffer bytes) throws IOException {
    if (!mayBegin()) {
      return;
    }
    held.pass(bytes, channel());
  }

  private StreamSinkChannel channel() {
    StreamSinkChannel now = channel;
    if (now == null) {
      now = exchange.getResponseChannel();
      if (now == null) {
        throw new IllegalStateException("the response's channel was taken by someone else");
      }
      channel = now;
    }
    return now;
  }

  /**
   * Sends the head, although no byte of the body is there yet, and what else is underway: over HTTP/2 and
   * TLS what was written may still be here. Returns false if the head may not go out yet, and nothing more
   * is to be read.
   */
  public boolean flush() throws ClientFailure {
    if (holding()) {
      return channel != null; // and the client is waited for already
    }
    try {
      if (!mayBegin() || !channel().flush()) {
        waitForClient();
      }
    } catch (IOException e) {
      throw new ClientFailure(e);
    }
    return channel != null;
  }

  private void waitForClient() {
    whenItMayBegin(() -> {
      context.deadlines.set(slow, context.limits.idle().toNanos());
      awaitsClient = true;
      channel().getWriteSetter().set(sink -> writable());
      channel().resumeWrites();
    });
  }

  private void writable() {
    try {
      boolean moved = held.drainTo(channel());
      if (!holding() && channel().flush()) {
        awaitsClient = false;
        context.deadlines.clear(slow);
        channel().suspendWrites();
      } else if (moved) {
        context.deadlines.set(slow, context.limits.idle().toNanos());
      }
    } catch (IOException e) {
      reader.clientLost(String.valueOf(e.getMessage()));
      return;
    }
    if (!awaitsClient || (holding() && held.low())) {
      reader.resume();
    }
  }

  /** Ends the response once nothing is held. */
  public void finish() {
    if (mayBegin()) {
      end();
    } else {
      gate.whenOpen(this::end, this::ended);
    }
  }

  private void end() {
    try {
      shutDown();
    } catch (IOException e) {
      reader.clientLost(String.valueOf(e.getMessage()));
    }
  }

  private void shutDown() throws IOException {
    passTrailers();
    StreamSinkChannel to = channel();
    if (awaitsClient) {
      awaitsClient = false;
      to.suspendWrites();
    }
    to.shutdownWrites();
    if (to.flush()) {
      finished();
    } else {
      context.deadlines.set(slow, context.limits.idle().toNanos());
      to.getWriteSetter().set(sink -> flushRest());
      to.resumeWrites();
    }
  }

  /** Only where the answer is chunked on its way to the client, too, does Undertow send them. */
  private void passTrailers() {
    if (chunked != null && Trailers.wanted(exchange)) {
      HeaderMap trailers = chunked.trailers();
      if (trailers.size() > 0) {
        exchange.putAttachment(HttpAttachments.RESPONSE_TRAILERS, trailers);
      }
    }
  }

  private void flushRest() {
    try {
      if (channel().flush()) {
        finished();
      }
    } catch (IOException e) {
      reader.clientLost(String.valueOf(e.getMessage()));
    }
  }

  private void finished() {
    context.deadlines.clear(slow);
    Ending.afterResponse(request);
  }

  /** Gives up what is held; may be called again. */
  public void release() {
    context.deadlines.clear(slow);
    gate.leave();
    held.clear();
  }
}
