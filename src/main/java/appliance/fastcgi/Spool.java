package appliance.fastcgi;

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

  private final FastCgiLimits.Sizes sizes;
  private final AtomicLong spooled;
  private final Body from;
  private final FileChannel file;
  private final ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
  private final Consumer<Body> done;
  private final Consumer<Failure> failed;
  private long length;

  /**
   * Opens the file; {@link #pump} reads, and calls one of {@code done} and {@code failed}.
   *
   * @param spooled counts the bytes of all spools
   */
  Spool(
      Body from,
      FastCgiLimits.Sizes sizes,
      AtomicLong spooled,
      Consumer<Body> done,
      Consumer<Failure> failed)
      throws IOException {
    this.from = from;
    this.sizes = sizes;
    this.spooled = spooled;
    this.done = done;
    this.failed = failed;
    Path path = Files.createTempFile("appliance-body", ".part");
    // The JDK unlinks it at once on Linux, so that not even a crash leaves it behind.
    file = FileChannel.open(
        path,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        StandardOpenOption.DELETE_ON_CLOSE);
  }

  /** Reads what is there, and goes on by itself. */
  void pump() {
    if (!file.isOpen()) {
      return;
    }
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
        from.close();
        done.accept(new FileBody(file, length, this::release));
      }
    } catch (ClientFailure e) {
      fail(e.kind(), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      fail(Failure.Kind.SPOOL, "cannot keep a body on disk: " + e);
    }
  }

  private boolean keep(int n) throws IOException {
    length += n;
    if (length > sizes.spool()) {
      length -= n;
      fail(Failure.Kind.TOO_LARGE, "a body of more than " + sizes.spool() + " bytes");
      return false;
    }
    if (spooled.addAndGet(n) > sizes.spooled()) {
      fail(Failure.Kind.SPOOL, "more than " + sizes.spooled() + " bytes of bodies kept");
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

  /** The exchange is over: frees what nobody else has freed. */
  void drop() {
    if (file.isOpen()) {
      IoUtils.safeClose(file);
      release();
      from.close();
    }
  }

  private void fail(Failure.Kind kind, String message) {
    drop();
    failed.accept(new Failure(kind, message));
  }
}
