package appliance.edge.hot;

import io.undertow.util.DateUtils;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;

/** What one I/O thread needs to answer hot requests without making anything anew. */
public final class HotBuffers {

  /** Up to here content is copied behind its head, which is cheaper than writing from two places. */
  private static final int COPIED_BYTES_MAX = 4 * 1024;

  /** Of an answer's head with its date; a longer one is not learned. */
  static final int HEAD_BYTES_MAX = 16 * 1024;

  private static final byte[] END = {'\r', '\n', '\r', '\n'};

  final HotRequest request = new HotRequest();
  final ByteBuffer in = ByteBuffer.allocateDirect(HotRequest.BYTES_MAX);
  private final ByteBuffer out = ByteBuffer.allocateDirect(HEAD_BYTES_MAX + COPIED_BYTES_MAX);
  private final ByteBuffer[] one = {out};
  private final ByteBuffer[] two = {out, out};
  private byte[] date = new byte[0];
  private long dateSecond;

  /**
   * The answer's bytes; to be written, or copied by {@link #rest}, before the next call.
   *
   * @param head whether the content is left out
   */
  ByteBuffer[] fill(HotAnswer answer, boolean head) {
    byte[] start = answer.head();
    out.clear();
    out.put(start).put(date()).put(END);
    if (head) {
      out.flip();
      return one;
    }
    ByteBuffer content = answer.content();
    if (content.remaining() <= COPIED_BYTES_MAX) {
      out.put(content).flip();
      return one;
    }
    out.flip();
    two[1] = content;
    return two;
  }

  /** What is left of {@code filled} after a short write, to be kept. */
  ByteBuffer[] rest(ByteBuffer[] filled) {
    ByteBuffer first = ByteBuffer.allocate(out.remaining()).put(out).flip();
    return filled == one ? new ByteBuffer[] {first} : new ByteBuffer[] {first, two[1]};
  }

  /** So that content is not held by a thread that has nothing more to send. */
  void done() {
    two[1] = out;
  }

  private byte[] date() {
    long second = System.currentTimeMillis() / 1000;
    if (second != dateSecond) {
      dateSecond = second;
      date = DateUtils.toDateString(Date.from(Instant.ofEpochSecond(second)))
          .getBytes(StandardCharsets.US_ASCII);
    }
    return date;
  }
}
