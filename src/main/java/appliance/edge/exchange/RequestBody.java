package appliance.edge.exchange;

import appliance.edge.http.Http2Rules;
import appliance.edge.http.RequestRules;
import appliance.edge.http.StrictReads;
import appliance.edge.upstream.HttpConnection;
import appliance.edge.upstream.IoThreadContext;
import appliance.runtime.Patience;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSourceChannel;

/**
 * The body of a client's request on its way to an application: one buffer, refilled as it is sent. As
 * long as all of the body so far fits the buffer it can be sent again from its start.
 */
public final class RequestBody {

  /** Room for a chunk's size and ends around its data, and for the last chunk. */
  private static final int CHUNK_HEAD = 6;

  /** Reads in one go, before others of the thread have their turn. */
  static final int READS_MAX = 16;

  private static final int CHUNK_OVERHEAD = CHUNK_HEAD + 2;
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** A buffer with no more room than this is full. */
  private static final int FULL = CHUNK_OVERHEAD + LAST_CHUNK.length;

  private final HttpServerExchange exchange;
  private final IoThreadContext context;
  private final boolean present;
  private final boolean chunked;
  private @Nullable StreamSourceChannel channel;
  private @Nullable PooledByteBuffer pooled;
  private int sent;
  private boolean ended;
  private boolean replayable = true;
  private boolean asksFirst;

  private final Patience patience;

  /** Bytes that are still to come by the Content-Length of HTTP/2, which Undertow does not enforce. */
  private long left = -1;

  /** Nothing is read before the first {@link #pump}. */
  public RequestBody(HttpServerExchange exchange, IoThreadContext context) {
    this.exchange = exchange;
    this.context = context;
    present = !exchange.isRequestComplete();
    HeaderMap headers = exchange.getRequestHeaders();
    // HTTP/2 frames a body by itself.
    boolean open = present && Http2Rules.applyTo(exchange);
    chunked = headers.contains(Headers.TRANSFER_ENCODING)
        || (open && !headers.contains(Headers.CONTENT_LENGTH));
    ended = !present;
    patience = new Patience(context.limits.clientBody());
    String length = headers.getFirst(Headers.CONTENT_LENGTH);
    if (open && length != null) {
      left = Long.parseLong(length);
    }
  }

  void headers(RequestHead head) {
    HeaderMap headers = exchange.getRequestHeaders();
    String length = headers.getFirst(Headers.CONTENT_LENGTH);
    if (present && chunked) {
      head.line("Transfer-Encoding", "chunked");
    } else if (present && length != null) {
      head.line("Content-Length", Long.toString(Long.parseLong(length)));
    } else if (chunked || length != null) {
      head.line("Content-Length", "0"); // what was announced would be taken from the next request
    }
    if (awaitsContinue() || asksFirst) {
      head.line("Expect", "100-continue");
    }
  }

  public HttpServerExchange exchange() {
    return exchange;
  }

  IoThreadContext context() {
    return context;
  }

  /** Whether the request has a body, of known length or chunked. */
  public boolean present() {
    return present;
  }

  /** Whether reading has begun; its limits cannot be changed any more. */
  boolean opened() {
    return channel != null;
  }

  /** Whether someone else has begun to read it. */
  boolean takenElsewhere() {
    return channel == null && !exchange.isRequestChannelAvailable();
  }

  /** Whether the client still waits to be told to send the body. */
  public boolean awaitsContinue() {
    return present
        && channel == null
        && io.undertow.server.protocol.http.HttpContinue.requiresContinueResponse(exchange);
  }

  /** Whether the next attempt holds it back until it is asked for, by a node that may refuse the request. */
  public void askFirst(boolean ask) {
    asksFirst = ask;
  }

  /** See {@link #askFirst}. */
  public boolean asksFirst() {
    return asksFirst;
  }

  /** Whether all of the body so far is still held, so that another attempt can send it again. */
  public boolean replayable() {
    return replayable;
  }

  /**
   * Whether it is so short that it stays replayable to its end. False if that cannot be told yet.
   */
  public boolean staysReplayable() {
    long length = exchange.getRequestContentLength();
    return !present || (!chunked && length >= 0 && length < context.buffers.getBufferSize() - FULL);
  }

  /** Starts again at the first byte. */
  public void rewind() {
    if (!replayable) {
      throw new IllegalStateException("the start of the body is gone");
    }
    sent = 0;
  }

  /** What {@link #pump} waits for. */
  public enum Wait {
    NOTHING,
    CLIENT,
    APPLICATION,

    /** Both sides are ready for more. */
    OTHERS
  }

  /**
   * Moves what can be moved without waiting.
   *
   * @throws ClientFailure if the client's side failed; any other failure is the application's
   */
  public Wait pump(HttpConnection to) throws IOException {
    PooledByteBuffer held = pooled;
    if (held == null) {
      if (ended) {
        return Wait.NOTHING;
      }
      held = context.buffers.allocate();
      pooled = held;
    }
    ByteBuffer buffer = held.getBuffer();
    for (int reads = 0; reads < READS_MAX; reads++) {
      if (!write(buffer, to)) {
        return Wait.APPLICATION;
      }
      if (ended) {
        return Wait.NOTHING;
      }
      if (!fill(buffer)) {
        return Wait.CLIENT;
      }
    }
    return Wait.OTHERS;
  }

  private boolean write(ByteBuffer buffer, HttpConnection to) throws IOException {
    int end = buffer.position();
    if (sent == end) {
      return true;
    }
    ByteBuffer rest = buffer.duplicate().limit(end).position(sent);
    try {
      to.write(rest);
    } finally {
      sent = rest.position();
    }
    return sent == end;
  }

  /** Reads once behind what is there; drops what is there, all of it sent, when it is full. */
  private boolean fill(ByteBuffer buffer) throws ClientFailure {
    if (buffer.remaining() <= FULL) {
      replayable = false;
      buffer.clear();
      sent = 0;
    }
    int start = buffer.position();
    int capacity = buffer.limit();
    int headRoom = chunked ? CHUNK_HEAD : 0;
    int tailRoom = chunked ? 2 + LAST_CHUNK.length : 0;
    buffer.limit(capacity - tailRoom).position(start + headRoom);
    int read;
    try {
      read = channel().read(buffer);
      count(read);
      RequestRules.Refused refused = read == 0 ? StrictReads.refused(exchange) : null;
      if (refused != null) {
        throw new ClientFailure.Refused(refused);
      }
    } catch (IOException e) {
      throw new ClientFailure(e);
    } finally {
      buffer.limit(capacity);
    }
    if (read <= 0) {
      buffer.position(start);
      end(buffer, read);
    } else if (chunked) {
      frame(buffer, start, read);
    }
    return read != 0;
  }

  /** A body that is longer than it says would be the application's next request. */
  private void count(int read) throws IOException {
    patience.came(read);
    if (left >= 0) {
      left -= Math.max(read, 0);
      if (left < 0 || (read < 0 && left > 0)) {
        throw new IOException("the body and its Content-Length differ");
      }
    }
  }

  private void end(ByteBuffer buffer, int read) {
    if (read < 0) {
      ended = true;
      if (chunked) {
        buffer.put(LAST_CHUNK);
      }
    }
  }

  /** Four digits always, as the size stands before data that is already there. */
  private static void frame(ByteBuffer buffer, int start, int size) {
    for (int i = 0; i < 4; i++) {
      buffer.put(start + i, (byte) Character.forDigit(size >> (12 - 4 * i) & 0xf, 16));
    }
    buffer.put(start + 4, (byte) '\r').put(start + 5, (byte) '\n');
    buffer.put((byte) '\r').put((byte) '\n');
  }

  StreamSourceChannel channel() {
    StreamSourceChannel now = channel;
    if (now == null) {
      now = exchange.getRequestChannel();
      if (now == null) {
        throw new IllegalStateException("the request's channel was taken by someone else");
      }
      channel = now;
    }
    return now;
  }

  /** For how long the client is waited for. */
  public Patience patience() {
    return patience;
  }

  /** Calls {@code readable} once the client has sent more. */
  public void awaitClient(Runnable readable) {
    channel().getReadSetter().set(source -> readable.run());
    channel().resumeReads();
  }

  public void suspend() {
    if (channel != null) {
      channel.suspendReads();
      channel.getReadSetter().set(null);
    }
  }

  /** Frees the buffer; nothing can be sent any more. */
  public void release() {
    replayable = false;
    if (pooled != null) {
      pooled.close();
      pooled = null;
      ended = true;
    }
  }
}
