package appliance.edge;

import java.nio.ByteBuffer;

/**
 * The chunked transfer coding of RFC 9112, section 7.1, strictly: CRLF only, extensions ignored,
 * trailers dropped. Works in place and keeps its state between buffers.
 */
final class ChunkedDecoder {

  private static final int SIZE_DIGITS_MAX = 15;
  private static final int EXTENSION_BYTES_MAX = 4 * 1024;
  private static final int TRAILER_BYTES_MAX = 16 * 1024;

  private enum State {
    SIZE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER_START,
    TRAILER,
    TRAILER_LF,
    LAST_LF,
    END
  }

  private State state = State.SIZE;
  private long chunkLeft;
  private int digits;
  private int overhead;

  boolean finished() {
    return state == State.END;
  }

  /**
   * Replaces the coded bytes between position and limit by the data in them. Once {@link #finished()},
   * the rest is left out and its length returned.
   *
   * @return bytes found after the end, which no sound application sends
   * @throws InvalidResponse if the coding is broken
   */
  int decode(ByteBuffer buffer) throws InvalidResponse {
    int start = buffer.position();
    int end = buffer.limit();
    int to = start;
    int at = start;
    ByteBuffer view = buffer.duplicate();
    while (at < end && state != State.END) {
      if (state == State.DATA) {
        int length = (int) Math.min(chunkLeft, end - at);
        if (to != at) {
          buffer.put(to, view, at, length);
        }
        to += length;
        at += length;
        chunkLeft -= length;
        if (chunkLeft == 0) {
          state = State.DATA_CR;
        }
      } else {
        step(buffer.get(at++));
      }
    }
    buffer.limit(to);
    return end - at;
  }

  private void step(byte b) throws InvalidResponse {
    switch (state) {
      case SIZE -> size(b);
      case EXTENSION -> extension(b);
      case SIZE_LF -> sizeEnded(b);
      case DATA_CR -> expect(b, '\r', State.DATA_LF);
      case DATA_LF -> expect(b, '\n', State.SIZE);
      case TRAILER_START -> trailerStart(b);
      case TRAILER -> trailer(b);
      case TRAILER_LF -> expect(b, '\n', State.TRAILER_START);
      case LAST_LF -> expect(b, '\n', State.END);
      default -> throw new IllegalStateException(state.name());
    }
  }

  private void size(byte b) throws InvalidResponse {
    int digit = Ascii.hex(b);
    if (digit >= 0) {
      if (++digits > SIZE_DIGITS_MAX) {
        throw new InvalidResponse("a chunk size of more than " + SIZE_DIGITS_MAX + " digits");
      }
      chunkLeft = chunkLeft * 16 + digit;
    } else if (digits == 0) {
      throw new InvalidResponse("a chunk without a size");
    } else if (b == '\r') {
      state = State.SIZE_LF;
    } else if (b == ';' || b == ' ' || b == '\t') {
      overhead = 0;
      state = State.EXTENSION;
    } else {
      throw new InvalidResponse("a chunk size that is no number");
    }
  }

  private void extension(byte b) throws InvalidResponse {
    if (b == '\r') {
      state = State.SIZE_LF;
    } else if (b == '\n' || ++overhead > EXTENSION_BYTES_MAX) {
      throw new InvalidResponse("a broken chunk extension");
    }
  }

  private void sizeEnded(byte b) throws InvalidResponse {
    overhead = 0;
    expect(b, '\n', chunkLeft == 0 ? State.TRAILER_START : State.DATA);
    digits = 0;
  }

  private void trailerStart(byte b) throws InvalidResponse {
    state = b == '\r' ? State.LAST_LF : State.TRAILER;
    if (state == State.TRAILER) {
      trailer(b);
    }
  }

  private void trailer(byte b) throws InvalidResponse {
    if (b == '\r') {
      state = State.TRAILER_LF;
    } else if (b == '\n' || ++overhead > TRAILER_BYTES_MAX) {
      throw new InvalidResponse("a broken trailer");
    }
  }

  private void expect(byte b, char wanted, State next) throws InvalidResponse {
    if (b != wanted) {
      throw new InvalidResponse("a chunk that does not end where it should");
    }
    state = next;
  }
}
