package appliance.edge.listener;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.xnio.StreamConnection;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Looks at the frames that an HTTP/2 client sends (RFC 9113, section 4.1) and breaks the connection on
 * what costs us much and the client little: floods of frames that carry no request's bytes (CVE-2019-9512
 * to 9518, CVE-2023-44487), and endless header blocks (CVE-2024-27316).
 *
 * <p>Trailers of requests end it, too: Undertow adds their fields to the header of the request, after the
 * rules of the edge have looked at it. Belongs to the connection's I/O thread.
 */
final class Http2Guard extends AbstractStreamSourceConduit<StreamSourceConduit> {

  /** Frames without a request's bytes that a client may send within the window. */
  static final int IDLE_FRAMES_MAX = 500;

  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Parts of one header block. */
  private static final int CONTINUATIONS_MAX = 16;

  private static final int PREFACE_BYTES = 24;
  private static final int HEAD_BYTES = 9;

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;
  private static final int END_STREAM = 1;

  private final byte[] head = new byte[HEAD_BYTES];
  private int headLength;
  private long toSkip = PREFACE_BYTES;
  private int lastStream;
  private int continuations;
  private int idleFrames;
  private long windowBegan = System.nanoTime();

  private Http2Guard(StreamSourceConduit next) {
    super(next);
  }

  static Http2Guard install(StreamConnection connection) {
    Http2Guard guard = new Http2Guard(connection.getSourceChannel().getConduit());
    connection.getSourceChannel().setConduit(guard);
    return guard;
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    int start = to.position();
    int read = next.read(to);
    if (read > 0) {
      check(to.duplicate().limit(start + read).position(start));
    }
    return read;
  }

  @Override
  public long read(ByteBuffer[] to, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      if (to[i].hasRemaining()) {
        return read(to[i]);
      }
    }
    return 0;
  }

  @Override
  public long transferTo(long position, long count, FileChannel target) throws IOException {
    throw new IOException("frames are read into buffers only");
  }

  @Override
  public long transferTo(long count, ByteBuffer through, StreamSinkChannel target)
      throws IOException {
    throw new IOException("frames are read into buffers only");
  }

  private void check(ByteBuffer bytes) throws IOException {
    if (!allows(bytes)) {
      throw new IOException("an HTTP/2 client sent what is not served");
    }
  }

  /** Takes the next bytes of the connection; false if it must end. */
  boolean allows(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      if (toSkip > 0) {
        int skipped = (int) Math.min(toSkip, bytes.remaining());
        bytes.position(bytes.position() + skipped);
        toSkip -= skipped;
      } else {
        head[headLength++] = bytes.get();
        if (headLength == HEAD_BYTES) {
          headLength = 0;
          if (!frame()) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private boolean frame() {
    int length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff);
    int type = head[3] & 0xff;
    int stream =
        (head[5] & 0x7f) << 24 | (head[6] & 0xff) << 16 | (head[7] & 0xff) << 8 | (head[8] & 0xff);
    toSkip = length;
    return switch (type) {
      case DATA -> length > 0 || (head[4] & END_STREAM) != 0 || idle();
      case HEADERS -> request(stream);
      case CONTINUATION -> ++continuations <= CONTINUATIONS_MAX && (length > 0 || idle());
      case WINDOW_UPDATE -> true; // as many as we send bytes
      default -> idle();
    };
  }

  private boolean request(int stream) {
    boolean trailers = stream <= lastStream;
    lastStream = stream;
    continuations = 0;
    return !trailers;
  }

  private boolean idle() {
    long now = System.nanoTime();
    if (now - windowBegan > WINDOW_NANOS) {
      windowBegan = now;
      idleFrames = 0;
    }
    return ++idleFrames <= IDLE_FRAMES_MAX;
  }
}
