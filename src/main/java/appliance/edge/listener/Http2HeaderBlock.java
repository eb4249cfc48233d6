package appliance.edge.listener;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * A header block that comes in several frames (RFC 9113, section 4.3): one HEADERS frame and CONTINUATIONs of the
 * same stream, with nothing between them (6.10), made one frame as it would have been if it had come whole. Its
 * bytes, its frames and its time are limited (CVE-2024-27316).
 */
final class Http2HeaderBlock {

  /** A client that splits at 16 KB needs five at most. */
  static final int FRAMES_MAX = 64;

  private static final int PADDED = 8;

  /** How many bytes and nanoseconds one may take. */
  record Limits(int bytesMax, long nanosMax) {}

  private final Http2FrameHead first;
  private final Limits limits;
  private final long begunAt;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int frames = 1;
  private int announced;
  private boolean lastFrame;

  /**
   * @param first of the HEADERS frame, whose content comes next
   * @param begunAt by {@link System#nanoTime}
   */
  Http2HeaderBlock(Http2FrameHead first, Limits limits, long begunAt) {
    this.first = first;
    this.limits = limits;
    this.begunAt = begunAt;
    announced = first.length();
  }

  /** Whether the first frame may be as long as it is. */
  boolean fits() {
    return announced <= limits.bytesMax;
  }

  /** Whether a frame with this head may come next at all. */
  boolean isContinuedBy(Http2FrameHead next) {
    return next.type() == Http2FrameHead.CONTINUATION && next.stream() == first.stream();
  }

  /** Takes its head; false if that is too much. */
  boolean takes(Http2FrameHead next, long now) {
    announced += next.length();
    frames++;
    lastFrame = next.has(Http2FrameHead.END_HEADERS);
    return frames <= FRAMES_MAX && fits() && inTime(now);
  }

  /** Whether it may still go on. */
  boolean inTime(long now) {
    return now - begunAt <= limits.nanosMax;
  }

  /** Takes content of the present frame. */
  void add(ByteBuffer content) {
    while (content.hasRemaining()) {
      bytes.write(content.get());
    }
  }

  /** The present frame is over; false if its padding is longer than itself (6.2). */
  boolean endFrame() {
    if (frames > 1 || !first.has(PADDED)) {
      return true;
    }
    byte[] padded = bytes.toByteArray();
    int padding = padded.length == 0 ? Integer.MAX_VALUE : padded[0] & 0xff;
    if (padding >= padded.length) {
      return false;
    }
    bytes.reset();
    bytes.write(padded, 1, padded.length - 1 - padding);
    return true;
  }

  /** Whether the frame that was announced last is the last one. */
  boolean complete() {
    return lastFrame;
  }

  /** All of it as one HEADERS frame. */
  ByteBuffer whole() {
    ByteBuffer frame = ByteBuffer.allocate(Http2FrameHead.BYTES + bytes.size());
    int flags = (first.flags() | Http2FrameHead.END_HEADERS) & ~PADDED;
    new Http2FrameHead(bytes.size(), first.type(), flags, first.stream()).write(frame);
    return frame.put(bytes.toByteArray()).flip();
  }
}
