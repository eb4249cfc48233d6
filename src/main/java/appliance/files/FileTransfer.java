package appliance.files;

import appliance.runtime.UnlessEnding;
import io.undertow.server.HttpServerExchange;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

  /** Bytes of the file that go through memory, in one write with the head. */
  private static final int FIRST_BYTES_MAX = 16 << 10;

  /** They are worth a packet of their own only where nothing holds them back. */
  private static final int FIRST_BYTES_CORKED = 4 << 10;

  /** Holds nothing between two calls: what the socket does not take is read again. */
  private static final ThreadLocal<ByteBuffer> FIRST =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(FIRST_BYTES_MAX));

  /** A client that takes nothing for this long has gone; it holds an open file. */
  private static final long STALL_SECONDS_MAX = 60;

  /**
   * A run of bytes to send.
   *
   * @param before sent first: the head of a part, below 1 KiB
   * @param position where the run begins in the file
   */
  record Part(ByteBuffer before, long position, long length) {}

  private final HttpServerExchange exchange;
  private final OpenFile file;
  private final Deque<Part> parts;
  private ByteBuffer before = ByteBuffer.allocate(0);
  private long position;
  private long remaining;
  private long sentBytes;
  private boolean corked;
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
    transfer.corked = Cork.put(exchange);
    transfer.handleEvent(channel);
  }

  @Override
  public void handleEvent(StreamSinkChannel channel) {
    try {
      if (send(channel)) {
        uncork();
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
    while (before.hasRemaining() || remaining > 0 || next()) {
      if (turn <= 0) {
        return false;
      }
      long sent =
          before.hasRemaining() || sentBytes == 0 ? sendFirst(channel) : sendRest(channel, turn);
      if (sent == 0) {
        return false;
      }
      turn -= sent;
    }
    return true;
  }

  private boolean next() {
    Part part = parts.poll();
    if (part == null) {
      return false;
    }
    before = part.before();
    position = part.position();
    remaining = part.length();
    return true;
  }

  /**
   * The first bytes of a part go through memory, with what is to be sent before them. Until the
   * response's head is out they have to: the channel's own transfer ignores the position in the file.
   *
   * @return the number of bytes sent, 0 if the head is not out yet
   */
  private int sendFirst(StreamSinkChannel channel) throws IOException {
    ByteBuffer first = FIRST.get().clear().limit(corked ? FIRST_BYTES_CORKED : FIRST_BYTES_MAX);
    int heading = before.remaining();
    first.put(before.duplicate());
    first.limit(first.position() + (int) Math.min(remaining, first.remaining()));
    file.read(first, position);
    int sent = channel.write(first.flip());
    int headingSent = Math.min(sent, heading);
    before.position(before.position() + headingSent);
    sentBytes += headingSent;
    advance(sent - headingSent);
    return sent;
  }

  /** Sends {@code bytesMax} at most, and tells how many. */
  private long sendRest(StreamSinkChannel channel, long bytesMax) throws IOException {
    long sent = channel.transferFrom(file.channel(), position, Math.min(remaining, bytesMax));
    if (sent > 0) {
      advance(sent);
    } else if (file.channel().size() <= position) {
      throw new EOFException("the file was truncated to " + file.channel().size() + " bytes");
    }
    return Math.max(0, sent);
  }

  private void uncork() {
    if (corked) {
      corked = false;
      Cork.pull(exchange);
    }
  }

  private void advance(long sent) {
    position += sent;
    remaining -= sent;
    sentBytes += sent;
  }

  /** Looks on the IO thread, where all but the first turn runs, whether anything was sent since. */
  private void watch() {
    if (watched) {
      return;
    }
    watched = true;
    long then = sentBytes;
    UnlessEnding.executeAfter(
        exchange.getIoThread()::executeAfter,
        () -> lookAgain(then),
        STALL_SECONDS_MAX,
        TimeUnit.SECONDS);
  }

  private void lookAgain(long then) {
    watched = false;
    if (ended) {
      return;
    }
    if (sentBytes == then) {
      abort(new IOException("the client took nothing for " + STALL_SECONDS_MAX + " s"));
    } else {
      watch();
    }
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
    IoUtils.safeClose(file);
  }
}
