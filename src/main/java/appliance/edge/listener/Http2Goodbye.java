package appliance.edge.listener;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.StreamConnection;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Puts a GOAWAY between two frames that the server sends, while streams are open: the client then sends
 * its next requests on another connection, and those under way end (RFC 9113, 6.8). Undertow's own GOAWAY
 * ends the connection. Also tells of the frames by which the server refuses what the client sent. Belongs to
 * the connection's I/O thread.
 */
final class Http2Goodbye extends AbstractStreamSinkConduit<StreamSinkConduit> {

  private static final Logger log = LoggerFactory.getLogger(Http2Goodbye.class);

  private static final int HEAD_BYTES = 9;

  /** Eight bytes of content, type 7, stream 0; the highest stream there can be, and no error. */
  private static final byte[] GOAWAY = {
    0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0, 0, 0, 0
  };

  private static final int DATA = 0;
  private static final int RST_STREAM = 3;
  private static final int GO_AWAY = 7;
  private static final int CODE_BYTES = 4;

  private final Http2Refusals refusals;
  private final byte[] head = new byte[HEAD_BYTES];
  private final ByteBuffer ours = ByteBuffer.wrap(GOAWAY);
  private int headLength;
  private int toSkip;

  /** Bytes of content from here to the end of an error code, as far as there is one. */
  private int toCode;

  private int code;
  private long contentSent;
  private boolean begun;
  private boolean asked;
  private boolean said;

  private Http2Goodbye(StreamSinkConduit next, Http2Refusals refusals) {
    super(next);
    this.refusals = refusals;
  }

  static Http2Goodbye install(StreamConnection connection, Http2Refusals refusals) {
    ConduitStreamSinkChannel sink = connection.getSinkChannel();
    Http2Goodbye goodbye = new Http2Goodbye(sink.getConduit(), refusals);
    sink.setConduit(goodbye);
    return goodbye;
  }

  /** Sends it now or behind the frame that is being sent; the first frame is the server's settings. */
  void say() {
    asked = true;
    try {
      if (saidAll()) {
        next.flush();
      }
    } catch (IOException e) {
      log.debug("A client left before it was told to", e);
    }
  }

  /** Whether a frame of the server may go on or begin. */
  private boolean saidAll() throws IOException {
    said |= asked && begun && headLength == 0 && toSkip == 0;
    while (said && ours.hasRemaining()) {
      if (next.write(ours) == 0) {
        return false;
      }
    }
    return true;
  }

  /** The bytes of answers' bodies whose frames have begun so far. */
  long contentSent() {
    return contentSent;
  }

  private void follow(ByteBuffer sent, long count) {
    begun |= count > 0;
    int end = sent.position() + (int) count;
    int at = sent.position();
    while (at < end) {
      if (toCode > 0) {
        toSkip--;
        code(sent.get(at++));
      } else if (toSkip > 0) {
        int skipped = Math.min(toSkip, end - at);
        toSkip -= skipped;
        at += skipped;
      } else {
        head[headLength++] = sent.get(at++);
        if (headLength == HEAD_BYTES) {
          headLength = 0;
          toSkip = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff);
          contentSent += head[3] == DATA ? toSkip : 0;
          toCode = head[3] == RST_STREAM ? CODE_BYTES : head[3] == GO_AWAY ? 2 * CODE_BYTES : 0;
        }
      }
    }
  }

  private void code(byte next) {
    code = code << 8 | (next & 0xff);
    if (--toCode == 0 && Http2Refusals.clientsFault(code)) {
      if (head[3] == RST_STREAM) {
        refusals.stream();
      } else {
        refusals.connection();
      }
    }
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    if (!saidAll()) {
      return 0;
    }
    ByteBuffer sent = bytes.duplicate();
    int count = next.write(bytes);
    follow(sent, count);
    return count;
  }

  @Override
  public long write(ByteBuffer[] bytes, int offset, int length) throws IOException {
    long all = 0;
    for (int i = offset; i < offset + length; i++) {
      while (bytes[i].hasRemaining()) {
        int count = write(bytes[i]);
        if (count == 0) {
          return all;
        }
        all += count;
      }
    }
    return all;
  }

  @Override
  public int writeFinal(ByteBuffer bytes) throws IOException {
    return saidAll() ? next.writeFinal(bytes) : 0;
  }

  @Override
  public long writeFinal(ByteBuffer[] bytes, int offset, int length) throws IOException {
    return saidAll() ? next.writeFinal(bytes, offset, length) : 0;
  }

  @Override
  public long transferFrom(FileChannel from, long position, long count) throws IOException {
    throw new IOException("frames are written from buffers only");
  }

  @Override
  public long transferFrom(StreamSourceChannel from, long count, ByteBuffer through)
      throws IOException {
    throw new IOException("frames are written from buffers only");
  }

  @Override
  public boolean flush() throws IOException {
    return saidAll() && next.flush();
  }
}
