package appliance.edge.http;

import io.undertow.util.HeaderMap;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes an answer's data out of the chunked transfer coding; extensions are ignored, trailers kept. Works
 * in place and keeps its state between buffers.
 */
public final class ChunkedDecoder {

  private final ChunkFraming framing = new ChunkFraming(Long.MAX_VALUE);
  private @Nullable ByteArrayOutputStream trailers;

  /** Whether the last chunk and the trailers have been seen. */
  public boolean finished() {
    return framing.finished();
  }

  /** Those that have come so far and may be passed on; most answers have none. */
  public HeaderMap trailers() {
    return trailers == null ? new HeaderMap() : Trailers.of(trailers.toByteArray());
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
        step(buffer.get(at++));
      }
    }
    buffer.limit(to);
    return end - at;
  }

  private void step(byte b) throws InvalidResponse {
    boolean trailer = framing.inTrailers();
    framing.step(b);
    if (trailer && framing.inTrailers()) { // else it ends the section
      if (trailers == null) {
        trailers = new ByteArrayOutputStream();
      }
      trailers.write(b);
    }
  }
}
