package appliance.edge.http;

/**
 * Follows the chunked transfer coding of RFC 9112, section 7.1, strictly: CRLF only, extensions and
 * trailers bounded. Knows no buffers.
 */
final class ChunkFraming {

  private static final int SIZE_DIGITS_MAX = 15;
  private static final int EXTENSION_BYTES_MAX = 4 * 1024;
  private static final int TRAILER_BYTES_MAX = 16 * 1024;

  /** More data than allowed, as the size of a chunk says. */
  static final class TooLarge extends InvalidResponse {

    private static final long serialVersionUID = 1;

    TooLarge() {
      super("too much data");
    }
  }

  private enum State {
    SIZE,
    BLANKS,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER_START,
    TRAILER_NAME,
    TRAILER,
    TRAILER_LF,
    LAST_LF,
    END
  }

  private final long bytesMax;
  private State state = State.SIZE;
  private long total;
  private long left;
  private int digits;
  private int overhead;

  /**
   * @param bytesMax of data in all chunks together
   */
  ChunkFraming(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  boolean finished() {
    return state == State.END;
  }

  /** Whether the next byte belongs to a trailer's line, or begins one. */
  boolean inTrailers() {
    return state == State.TRAILER_START
        || state == State.TRAILER_NAME
        || state == State.TRAILER
        || state == State.TRAILER_LF;
  }

  /** Bytes of data that come next; 0 if the next byte is none. */
  long data() {
    return state == State.DATA ? left : 0;
  }

  /** Passes over {@code bytes} of data, {@link #data()} at most. */
  void skip(long bytes) {
    left -= bytes;
    if (left == 0) {
      state = State.DATA_CR;
    }
  }

  /**
   * Takes the next byte, which is no data.
   *
   * @throws InvalidResponse if the coding is broken, or {@link TooLarge}
   */
  void step(byte b) throws InvalidResponse {
    switch (state) {
      case SIZE -> size(b);
      case BLANKS -> sizeRead(b);
      case EXTENSION -> extension(b);
      case SIZE_LF -> sizeEnded(b);
      case DATA_CR -> expect(b, '\r', State.DATA_LF);
      case DATA_LF -> expect(b, '\n', State.SIZE);
      case TRAILER_START -> trailerStart(b);
      case TRAILER_NAME -> trailerName(b);
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
      left = left * 16 + digit;
    } else if (digits == 0) {
      throw new InvalidResponse("a chunk without a size");
    } else {
      overhead = 0;
      sizeRead(b);
    }
  }

  /** Behind a size come blanks, extensions behind a semicolon, or the line's end. */
  private void sizeRead(byte b) throws InvalidResponse {
    if (b == '\r') {
      state = State.SIZE_LF;
    } else if (b == ';') {
      state = State.EXTENSION;
    } else if ((b == ' ' || b == '\t') && ++overhead <= EXTENSION_BYTES_MAX) {
      state = State.BLANKS;
    } else {
      throw new InvalidResponse("a chunk size that is no number");
    }
  }

  private void extension(byte b) throws InvalidResponse {
    if (b == '\r') {
      state = State.SIZE_LF;
    } else if (control(b) || ++overhead > EXTENSION_BYTES_MAX) {
      throw new InvalidResponse("a broken chunk extension");
    }
  }

  /** What has no place even in a quoted string. */
  private static boolean control(byte b) {
    return (b >= 0 && b < ' ' && b != '\t') || b == 127;
  }

  private void sizeEnded(byte b) throws InvalidResponse {
    overhead = 0;
    total += left;
    if (total > bytesMax) {
      throw new TooLarge();
    }
    expect(b, '\n', left == 0 ? State.TRAILER_START : State.DATA);
    digits = 0;
  }

  private void trailerStart(byte b) throws InvalidResponse {
    state = b == '\r' ? State.LAST_LF : State.TRAILER_NAME;
    if (state == State.TRAILER_NAME && !HeaderNames.token(b)) {
      throw new InvalidResponse("a trailer without a name");
    }
  }

  private void trailerName(byte b) throws InvalidResponse {
    if (b == ':') {
      state = State.TRAILER;
    } else if (!HeaderNames.token(b) || ++overhead > TRAILER_BYTES_MAX) {
      throw new InvalidResponse("a broken trailer");
    }
  }

  private void trailer(byte b) throws InvalidResponse {
    if (b == '\r') {
      state = State.TRAILER_LF;
    } else if (control(b) || ++overhead > TRAILER_BYTES_MAX) {
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
