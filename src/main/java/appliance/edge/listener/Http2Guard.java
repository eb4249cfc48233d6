package appliance.edge.listener;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
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
 * <p>Two things that the protocol allows end it, too. Trailers of requests: Undertow adds their fields to the
 * header of the request, after the rules of the edge have looked at it. Header blocks in several frames, which
 * clients send for blocks of more than 16 KB: Undertow takes the first frame for the whole request, and the
 * fields of the others are missing, or come past those rules. Belongs to the connection's I/O thread.
 */
final class Http2Guard extends AbstractStreamSourceConduit<StreamSourceConduit> {

  /** Frames without a request's bytes that a client may send within the window. */
  static final int IDLE_FRAMES_MAX = 500;

  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** What a client begins with: RFC 9113, section 3.4. */
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final int HEAD_BYTES = 9;

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;

  private final byte[] head = new byte[HEAD_BYTES];
  private int headLength;
  private final Http2Refusals refusals;
  private int prefaceRead;
  private long toSkip;
  private int lastStream;
  private int idleFrames;
  private long windowBegan = System.nanoTime();

  private Http2Guard(StreamSourceConduit next, Http2Refusals refusals) {
    super(next);
    this.refusals = refusals;
  }

  static Http2Guard install(StreamConnection connection, Http2Refusals refusals) {
    Http2Guard guard = new Http2Guard(connection.getSourceChannel().getConduit(), refusals);
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
    boolean allowed = preface(bytes) && frames(bytes);
    if (!allowed) {
      refusals.connection();
    }
    return allowed;
  }

  private boolean preface(ByteBuffer bytes) {
    while (prefaceRead < PREFACE.length && bytes.hasRemaining()) {
      if (bytes.get() != PREFACE[prefaceRead++]) {
        return false;
      }
    }
    return true;
  }

  private boolean frames(ByteBuffer bytes) {
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
      case HEADERS -> (head[4] & END_HEADERS) != 0 && request(stream);
      case CONTINUATION -> false;
      case WINDOW_UPDATE -> true; // as many as we send bytes
      default -> idle();
    };
  }

  private boolean request(int stream) {
    boolean trailers = stream <= lastStream;
    lastStream = stream;
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
