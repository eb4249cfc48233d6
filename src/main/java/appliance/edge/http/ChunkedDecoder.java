package appliance.edge.http;

import java.nio.ByteBuffer;

/**
 * Takes an answer's data out of the chunked transfer coding; extensions are ignored, trailers dropped.
 * Works in place and keeps its state between buffers.
 */
public final class ChunkedDecoder {

  private final ChunkFraming framing = new ChunkFraming(Long.MAX_VALUE);

  /** Whether the last chunk and the trailers have been seen. */
  public boolean finished() {
    return framing.finished();
  }

  /**
   * Replaces the coded bytes between position and limit by the data in them. Once {@link #finished()},
   * the rest is left out and its length returned.
   *
   * @return bytes found after the end, which no sound application sends
   * @throws InvalidResponse if the coding is broken
   */
  public int decode(ByteBuffer buffer) throws InvalidResponse {
    int start = buffer.position();
    int end = buffer.limit();
    int to = start;
    int at = start;
    ByteBuffer view = buffer.duplicate();
    while (at < end && !framing.finished()) {
      int length = (int) Math.min(framing.data(), end - at);
      if (length > 0) {
        if (to != at) {
          buffer.put(to, view, at, length);
        }
        to += length;
        at += length;
        framing.skip(length);
      } else {
        framing.step(buffer.get(at++));
      }
    }
    buffer.limit(to);
    return end - at;
  }
}
