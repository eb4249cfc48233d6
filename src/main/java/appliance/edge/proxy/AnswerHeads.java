package appliance.edge.proxy;

import appliance.edge.http.InvalidResponse;
import appliance.edge.http.ResponseHead;
import appliance.edge.upstream.IoThreadContext;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The heads of one answer as they come in, interim ones too, in as many reads as it takes. */
final class AnswerHeads {

  private static final byte[] NOTHING = {};

  private final IoThreadContext context;
  private byte[] partial = NOTHING;

  AnswerHeads(IoThreadContext context) {
    this.context = context;
  }

  /** Whether a part of one is there. */
  boolean begun() {
    return partial.length > 0;
  }

  /**
   * Takes one out of {@code buffer}, or what is there of it; null if that is not all.
   *
   * @throws InvalidResponse if it is no head, or too large
   */
  @Nullable
  ResponseHead next(ByteBuffer buffer) throws InvalidResponse {
    byte[] bytes = context.scratch;
    int before = partial.length;
    int length = Math.min(before + buffer.remaining(), ResponseHead.BYTES_MAX);
    System.arraycopy(partial, 0, bytes, 0, before);
    buffer.get(buffer.position(), bytes, before, length - before);
    int end = ResponseHead.end(bytes, length);
    if (end < 0) {
      if (length == ResponseHead.BYTES_MAX) {
        throw new InvalidResponse("a head of more than " + length + " bytes");
      }
      ResponseHead.requireCr(bytes, length);
      partial = Arrays.copyOf(bytes, length);
      return null;
    }
    buffer.position(buffer.position() + end - before);
    partial = NOTHING;
    return ResponseHead.parse(bytes, end, context.names);
  }
}
