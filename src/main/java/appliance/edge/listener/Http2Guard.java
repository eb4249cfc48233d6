package appliance.edge.listener;

import appliance.edge.http.Scattered;
import io.undertow.protocols.http2.ConnectionErrorException;
import io.undertow.protocols.http2.Http2Channel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Looks at the frames that an HTTP/2 client sends (RFC 9113, section 4.1) and breaks the connection on
 * what costs us much and the client little: floods of frames that carry no request's bytes (CVE-2019-9512
 * to 9518, CVE-2023-44487), and endless header blocks (CVE-2024-27316).
 *
 * <p>A header block in several frames goes on as one frame ({@link Http2HeaderBlock}): Undertow takes the first
 * frame for the whole request, and the fields of the others would be missing, or come past the rules of the edge.
 * Trailers of requests end the connection, although the protocol allows them: Undertow adds their fields to the
 * header of the request, after those rules have looked at it. Belongs to the connection's I/O thread.
 *
 * <p>What comes goes on where it was read to, untouched. Only a frame's head that is not all there, and a header
 * block in several frames, are held here until they are whole.
 */
final class Http2Guard extends AbstractStreamSourceConduit<StreamSourceConduit> {

  /** Frames without a request's bytes that a client may send within the window. */
  static final int IDLE_FRAMES_MAX = 500;

  /** Of answers, for each of which a client may open a window once. */
  private static final int WINDOW_BYTES_MIN = 16;

  /** Windows that a request may open before anything of its answer is sent. */
  private static final int WINDOWS_OF_REQUEST = 2;

  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** What a client begins with: RFC 9113, section 3.4. */
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** Read at once of what is held. */
  private static final int PIECE_BYTES = 4096;

  private static final int PROTOCOL_ERROR = Http2Channel.ERROR_PROTOCOL_ERROR;
  private static final int ENHANCE_YOUR_CALM = Http2Channel.ERROR_ENHANCE_YOUR_CALM;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Http2Refusals refusals;
  private final Http2HeaderBlock.Limits limits;
  private int prefaceRead;

  /** Content of the present frame that is still to come. */
  private int left;

  /** Of the next frame, as far as it was read; nothing of it has gone on. */
  private final ByteBuffer head = ByteBuffer.allocate(Http2FrameHead.BYTES);

  private @Nullable Http2HeaderBlock block;

  /** Read, but not looked at yet. */
  private ByteBuffer early;

  /** Looked at, and to go on. */
  private ByteBuffer ready = NOTHING;

  private final LongSupplier contentSent;
  private IntConsumer resets = stream -> {};
  private long windows;
  private int requests;
  private int lastStream;
  private int idleFrames;
  private long windowBegan = System.nanoTime();

  /**
   * Reads from {@code next}.
   *
   * @param read what was read of it before
   * @param contentSent the bytes of answers' bodies that were sent so far
   */
  Http2Guard(
      StreamSourceConduit next,
      ByteBuffer read,
      Http2HeaderBlock.Limits limits,
      Http2Refusals refusals,
      LongSupplier contentSent) {
    super(next);
    this.contentSent = contentSent;
    this.limits = limits;
    this.refusals = refusals;
    early = copy(read);
  }

  /** Has {@code resets} told each stream that the client gives up, before Undertow is. */
  void tellResets(IntConsumer to) {
    resets = to;
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    int start = to.position();
    int last = 1;
    while (last > 0 && to.hasRemaining()) {
      if (ready.hasRemaining()) {
        move(ready, to);
      } else if (holding()) {
        last = readHeld();
      } else if (to.position() == start) {
        last = readThrough(to);
      } else {
        break;
      }
    }
    wakeIfMore();
    return to.position() > start ? to.position() - start : Math.min(last, 0);
  }

  private static void move(ByteBuffer from, ByteBuffer to) {
    int length = Math.min(from.remaining(), to.remaining());
    to.put(from.slice().limit(length));
    from.position(from.position() + length);
  }

  /** Whether what comes next cannot go on as it is, or not at once. */
  private boolean holding() {
    return prefaceRead < PREFACE.length
        || block != null
        || head.position() > 0
        || early.hasRemaining();
  }

  /** Reads what may go on as it is; what may not is kept. */
  private int readThrough(ByteBuffer to) throws IOException {
    int start = to.position();
    int read = next.read(to);
    if (read > 0) {
      ByteBuffer bytes = to.duplicate().limit(start + read).position(start);
      pass(bytes);
      to.position(bytes.position());
      if (bytes.remaining() < Http2FrameHead.BYTES) {
        head.put(bytes);
      } else {
        early = copy(bytes);
      }
    }
    return read;
  }

  /** Moves behind all whole heads and contents, up to the first head that is to be held. */
  private void pass(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int skipped = Math.min(left, bytes.remaining());
      bytes.position(bytes.position() + skipped);
      left -= skipped;
      if (bytes.remaining() < Http2FrameHead.BYTES) {
        return;
      }
      Http2FrameHead frame = Http2FrameHead.read(bytes.duplicate());
      if (beginsBlock(frame)) {
        return;
      }
      look(frame);
      bytes.position(bytes.position() + Http2FrameHead.BYTES);
      left = frame.length();
    }
  }

  /** Takes the preface, a head or content, as much of it as is there. */
  private int readHeld() throws IOException {
    if (!early.hasRemaining()) {
      ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
      int read = next.read(piece);
      if (read <= 0) {
        return read;
      }
      early = piece.flip();
    }
    int due = prefaceRead < PREFACE.length
        ? PREFACE.length - prefaceRead
        : left > 0 ? left : head.remaining();
    ByteBuffer piece = early.slice();
    piece.limit(Math.min(due, piece.limit()));
    early.position(early.position() + piece.limit());
    int taken = piece.limit();
    take(piece);
    return taken;
  }

  private void take(ByteBuffer piece) throws IOException {
    if (prefaceRead < PREFACE.length) {
      for (int i = 0; i < piece.limit(); i++) {
        require(piece.get(i) == PREFACE[prefaceRead++], PROTOCOL_ERROR);
      }
      ready = piece;
    } else if (left > 0) {
      left -= piece.remaining();
      content(piece);
    } else if (!head.put(piece).hasRemaining()) {
      Http2FrameHead frame = Http2FrameHead.read(head.flip());
      head.clear();
      begin(frame);
    }
  }

  private void content(ByteBuffer piece) throws IOException {
    if (block == null) {
      ready = piece;
      return;
    }
    require(block.inTime(System.nanoTime()), ENHANCE_YOUR_CALM);
    block.add(piece);
    if (left == 0) {
      endOfPart(block);
    }
  }

  private void begin(Http2FrameHead frame) throws IOException {
    left = frame.length();
    if (block == null && !beginsBlock(frame)) {
      look(frame);
      ready = ByteBuffer.allocate(Http2FrameHead.BYTES);
      frame.write(ready);
      ready.flip();
      return;
    }
    long now = System.nanoTime();
    if (block == null) {
      look(frame);
      block = new Http2HeaderBlock(frame, limits, now);
      require(block.fits(), ENHANCE_YOUR_CALM);
    } else {
      require(block.isContinuedBy(frame), PROTOCOL_ERROR);
      require(block.takes(frame, now), ENHANCE_YOUR_CALM);
    }
    if (left == 0) {
      endOfPart(block);
    }
  }

  /** Whether a header block has begun, and should be whole by now. */
  boolean late(long now) {
    return block != null && !block.inTime(now);
  }

  private void endOfPart(Http2HeaderBlock of) throws IOException {
    require(of.endFrame(), PROTOCOL_ERROR);
    if (of.complete()) {
      ready = of.whole();
      block = null;
    }
  }

  private static boolean beginsBlock(Http2FrameHead frame) {
    return frame.type() == Http2FrameHead.HEADERS && !frame.has(Http2FrameHead.END_HEADERS);
  }

  private void look(Http2FrameHead frame) throws IOException {
    switch (frame.type()) {
      case Http2FrameHead.DATA -> {
        boolean moves = frame.length() > 0 || frame.has(Http2FrameHead.END_STREAM);
        require(moves || idle(), ENHANCE_YOUR_CALM);
      }
      case Http2FrameHead.HEADERS -> require(request(frame.stream()), PROTOCOL_ERROR);
      case Http2FrameHead.CONTINUATION -> require(false, PROTOCOL_ERROR);
      case Http2FrameHead.RST_STREAM -> {
        require(idle(), ENHANCE_YOUR_CALM);
        resets.accept(frame.stream());
      }
      case Http2FrameHead.WINDOW_UPDATE -> require(opensWindow() || idle(), ENHANCE_YOUR_CALM);
      default -> require(idle(), ENHANCE_YOUR_CALM);
    }
  }

  /** Ends the connection if not, with a GOAWAY of this code (RFC 9113, section 7). */
  private void require(boolean sound, int code) throws IOException {
    if (!sound) {
      refusals.connection();
      throw new ConnectionErrorException(code, "an HTTP/2 client sent what is not served");
    }
  }

  /** Whether a window may have been used up so far that the client opens it. */
  private boolean opensWindow() {
    long due = contentSent.getAsLong() / WINDOW_BYTES_MIN + (long) requests * WINDOWS_OF_REQUEST;
    if (windows >= due) {
      return false;
    }
    windows++;
    return true;
  }

  private boolean request(int stream) {
    boolean trailers = stream <= lastStream;
    lastStream = stream;
    requests++;
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

  @Override
  public long read(ByteBuffer[] to, int offset, int length) throws IOException {
    ByteBuffer first = Scattered.first(to, offset, length);
    return first == null ? 0 : read(first);
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

  /** The socket does not tell of what is here already. */
  @Override
  public void resumeReads() {
    if (more()) {
      next.wakeupReads();
    } else {
      next.resumeReads();
    }
  }

  private void wakeIfMore() {
    if (more() && next.isReadResumed()) {
      next.wakeupReads();
    }
  }

  private boolean more() {
    return ready.hasRemaining() || early.hasRemaining();
  }
}
