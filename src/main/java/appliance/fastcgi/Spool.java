package appliance.fastcgi;

import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.xnio.IoUtils;

/**
 * Keeps a body without a length in a file until its length is known, since php needs that first.
 * Belongs to one I/O thread.
 */
final class Spool {

  private static final int PIECE_BYTES = 32 * 1024;

  private final FastCgiLimits limits;
  private final AtomicLong spooled;
  private final Body from;
  private final FileChannel file;
  private final ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
  private final Consumer<Body> done;
  private final Consumer<Failure> failed;
  private long length;

  /** {@code spooled} counts the bytes of all spools. */
  private Spool(
      HttpServerExchange exchange,
      FastCgiLimits limits,
      AtomicLong spooled,
      Consumer<Body> done,
      Consumer<Failure> failed)
      throws IOException {
    this.limits = limits;
    this.spooled = spooled;
    this.done = done;
    this.failed = failed;
    from = new ChannelBody(exchange, -1);
    Path path = Files.createTempFile("appliance-body", ".part");
    // The JDK unlinks it at once on Linux, so that not even a crash leaves it behind.
    file = FileChannel.open(
        path,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        StandardOpenOption.DELETE_ON_CLOSE);
  }

  /** Calls one of {@code done} and {@code failed}, on the I/O thread. */
  static void read(
      HttpServerExchange exchange,
      FastCgiLimits limits,
      AtomicLong spooled,
      Consumer<Body> done,
      Consumer<Failure> failed) {
    try {
      new Spool(exchange, limits, spooled, done, failed).pump();
    } catch (IOException e) {
      failed.accept(new Failure(Failure.Kind.SPOOL, "cannot keep a body on disk: " + e));
    }
  }

  private void pump() {
    try {
      int n = from.read(piece.clear());
      while (n > 0) {
        if (!keep(n)) {
          return;
        }
        n = from.read(piece.clear());
      }
      if (n == 0) {
        from.whenReadable(this::pump);
      } else {
        done.accept(new FileBody(file, length, this::release));
      }
    } catch (ClientFailure e) {
      fail(Failure.Kind.CLIENT, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      fail(Failure.Kind.SPOOL, "cannot keep a body on disk: " + e);
    }
  }

  private boolean keep(int n) throws IOException {
    length += n;
    if (length > limits.spoolBytesMax()) {
      length -= n;
      fail(Failure.Kind.TOO_LARGE, "a body of more than " + limits.spoolBytesMax() + " bytes");
      return false;
    }
    if (spooled.addAndGet(n) > limits.spooledBytesMax()) {
      fail(Failure.Kind.SPOOL, "more than " + limits.spooledBytesMax() + " bytes of bodies kept");
      return false;
    }
    piece.flip();
    while (piece.hasRemaining()) {
      file.write(piece);
    }
    return true;
  }

  private void release() {
    spooled.addAndGet(-length);
  }

  private void fail(Failure.Kind kind, String message) {
    IoUtils.safeClose(file);
    release();
    from.close();
    failed.accept(new Failure(kind, message));
  }
}
