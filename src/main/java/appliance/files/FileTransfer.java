package appliance.files;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;

/**
 * Sends parts of an open file as the client takes them, and then closes it. Begun on a worker; goes on
 * on the connection's IO thread whenever the socket has room, so that a slow reader holds no thread.
 */
final class FileTransfer implements ChannelListener<StreamSinkChannel> {

  private static final Logger log = LoggerFactory.getLogger(FileTransfer.class);

  /** Most bytes in one go, so that a fast reader of a large file leaves room for others. */
  private static final long TURN_BYTES_MAX = 1 << 20;

  /** A client that takes nothing for this long has gone; it holds an open file. */
  private static final long STALL_SECONDS_MAX = 60;

  /**
   * A run of bytes to send.
   *
   * @param before sent first: the head of a part
   * @param position where the run begins in the file
   */
  record Part(ByteBuffer before, long position, long length) {}

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final HttpServerExchange exchange;
  private final OpenFile file;
  private final Deque<Part> parts;
  private ByteBuffer memory = NOTHING;
  private @Nullable PooledByteBuffer pooled;
  private long position;
  private long remaining;
  private long sentBytes;
  private boolean watched;
  private boolean ended;

  private FileTransfer(HttpServerExchange exchange, OpenFile file, List<Part> parts) {
    this.exchange = exchange;
    this.file = file;
    this.parts = new ArrayDeque<>(parts);
  }

  /** Sends {@code parts}; their length is already set on the exchange. */
  static void start(HttpServerExchange exchange, OpenFile file, List<Part> parts) {
    FileTransfer transfer = new FileTransfer(exchange, file, parts);
    StreamSinkChannel channel = exchange.getResponseChannel();
    channel.getWriteSetter().set(transfer);
    transfer.handleEvent(channel);
  }

  @Override
  public void handleEvent(StreamSinkChannel channel) {
    try {
      if (send(channel)) {
        release();
        exchange.endExchange();
      } else {
        channel.resumeWrites();
        watch();
      }
    } catch (IOException | RuntimeException e) {
      abort(e);
    }
  }

  /** Whether all is sent. */
  private boolean send(StreamSinkChannel channel) throws IOException {
    long turn = TURN_BYTES_MAX;
    while (turn > 0) {
      if (memory.hasRemaining()) {
        int sent = channel.write(memory);
        if (sent == 0) {
          return false;
        }
        sentBytes += sent;
        freeIfSent();
      } else if (remaining > 0) {
        long sent = channel.transferFrom(file.channel(), position, Math.min(remaining, turn));
        if (sent <= 0) {
          return waitOrFail();
        }
        position += sent;
        remaining -= sent;
        sentBytes += sent;
        turn -= sent;
      } else if (parts.isEmpty()) {
        return true;
      } else {
        next(parts.remove());
      }
    }
    return false;
  }

  /**
   * The first bytes of a part go through memory: until the response's head is out, the channel's own
   * transfer ignores the position in the file.
   */
  private void next(Part part) throws IOException {
    PooledByteBuffer buffer = pooled();
    ByteBuffer head = buffer.getBuffer().clear();
    head.put(part.before());
    int first = (int) Math.min(part.length(), head.remaining());
    head.limit(head.position() + first);
    file.read(head, part.position());
    memory = head.flip();
    position = part.position() + first;
    remaining = part.length() - first;
  }

  /** A reader that is slow from here on holds no buffer. */
  private void freeIfSent() {
    if (pooled != null && !memory.hasRemaining()) {
      memory = NOTHING;
      pooled.close();
      pooled = null;
    }
  }

  private PooledByteBuffer pooled() {
    if (pooled == null) {
      pooled = exchange.getConnection().getByteBufferPool().allocate();
    }
    return pooled;
  }

  /** Looks on the IO thread, where all but the first turn runs, whether anything was sent since. */
  private void watch() {
    if (watched) {
      return;
    }
    watched = true;
    long before = sentBytes;
    exchange
        .getIoThread()
        .executeAfter(() -> lookAgain(before), STALL_SECONDS_MAX, TimeUnit.SECONDS);
  }

  private void lookAgain(long before) {
    watched = false;
    if (ended) {
      return;
    }
    if (sentBytes == before) {
      abort(new IOException("the client took nothing for " + STALL_SECONDS_MAX + " s"));
    } else {
      watch();
    }
  }

  private boolean waitOrFail() throws IOException {
    if (file.channel().size() <= position) {
      throw new EOFException("the file was truncated to " + file.channel().size() + " bytes");
    }
    return false;
  }

  /** The length was promised: all that is left is to let the client see that it does not come. */
  private void abort(Exception cause) {
    log.debug("{} was not sent whole: {}", exchange.getRequestPath(), cause.toString());
    release();
    IoUtils.safeClose(exchange.getConnection());
    exchange.endExchange();
  }

  private void release() {
    ended = true;
    if (pooled != null) {
      memory = NOTHING;
      pooled.close();
      pooled = null;
    }
    IoUtils.safeClose(file);
  }
}
