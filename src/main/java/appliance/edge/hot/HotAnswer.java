package appliance.edge.hot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.LongPredicate;

/**
 * A whole answer that is given again, byte by byte but for its date, to requests like the one that it
 * was learned from.
 */
final class HotAnswer {

  private static final long UNUSED_NANOS_MAX = 3_000_000_000L;

  private final byte[] host;
  private final boolean varied;
  private final byte[] encoding;
  private final byte[] head;
  private final ByteBuffer content;
  private final LongPredicate still;
  private final HotLog.Repeats log;
  private final long learnedNanos = System.nanoTime();

  /** What requests must have for the answer to be theirs. */
  record For(String host, boolean varied, String encoding) {}

  /**
   * @param head all of it up to the value of Date, which ends it
   */
  HotAnswer(For whom, String head, ByteBuffer content, LongPredicate still, HotLog.Repeats log) {
    host = whom.host().getBytes(StandardCharsets.ISO_8859_1);
    varied = whom.varied();
    encoding = whom.encoding().getBytes(StandardCharsets.ISO_8859_1);
    this.head = head.getBytes(StandardCharsets.ISO_8859_1);
    this.content = content;
    this.still = still;
    this.log = log;
  }

  boolean fits(HotRequest request) {
    return request.hostIs(host) && (!varied || request.encodingIs(encoding));
  }

  boolean replaces(HotAnswer other) {
    return java.util.Arrays.equals(host, other.host)
        && varied == other.varied
        && java.util.Arrays.equals(encoding, other.encoding);
  }

  /** Whether it may be given at this {@link System#nanoTime}; counts it as given if so. */
  boolean take(long nanos) {
    return still.test(nanos);
  }

  /** Whether it is so old that whoever still asks for it would have had it learned anew. */
  boolean expired(long nanos) {
    return nanos - learnedNanos > UNUSED_NANOS_MAX;
  }

  HotLog.Repeats log() {
    return log;
  }

  byte[] head() {
    return head;
  }

  ByteBuffer content() {
    return content.duplicate();
  }

  int contentLength() {
    return content.remaining();
  }
}
