package appliance.fastcgi;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Reads the beginning of a body, which a form fits into, before a child of php is asked for; then puts it
 * back, so that the body is untouched. Belongs to the exchange's I/O thread.
 */
final class Preread {

  /** Of 16 KB each. */
  private static final int BUFFERS_MAX = 4;

  private final HttpServerExchange exchange;
  private final ChannelBody from;
  private final Runnable done;
  private final Consumer<ClientFailure> failed;
  private final Deque<PooledByteBuffer> buffers = new ArrayDeque<>();
  private boolean over;

  /**
   * @param from the whole body, closed at the end
   * @param done called when its beginning is there
   * @param failed called if it will not come
   */
  Preread(
      HttpServerExchange exchange,
      ChannelBody from,
      Runnable done,
      Consumer<ClientFailure> failed) {
    this.exchange = exchange;
    this.from = from;
    this.done = done;
    this.failed = failed;
  }

  void begin() {
    exchange.addExchangeCompleteListener((ended, next) -> {
      drop();
      next.proceed();
    });
    pump();
  }

  private void pump() {
    if (over) {
      return;
    }
    try {
      int n = read();
      while (n > 0) {
        n = read();
      }
      if (n == 0 && !full()) {
        from.whenReadable(this::pump);
      } else {
        putBack();
      }
    } catch (ClientFailure e) {
      drop();
      failed.accept(e);
    }
  }

  /** Reads once into the last buffer; 0 also if there is no room left. */
  private int read() throws ClientFailure {
    PooledByteBuffer last = buffers.peekLast();
    if (last == null || !last.getBuffer().hasRemaining()) {
      if (full()) {
        return 0;
      }
      last = exchange.getConnection().getByteBufferPool().allocate();
      buffers.addLast(last);
    }
    return from.read(last.getBuffer());
  }

  private boolean full() {
    PooledByteBuffer last = buffers.peekLast();
    return buffers.size() == BUFFERS_MAX && last != null && !last.getBuffer().hasRemaining();
  }

  private void putBack() {
    over = true;
    from.close();
    buffers.forEach(each -> each.getBuffer().flip());
    Connectors.ungetRequestBytes(exchange, buffers.toArray(PooledByteBuffer[]::new));
    done.run();
  }

  private void drop() {
    if (!over) {
      over = true;
      from.close();
      buffers.forEach(PooledByteBuffer::close);
    }
  }
}
