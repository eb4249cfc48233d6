package appliance.edge;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * Follows the requests of one connection, byte by byte, just well enough to know the lines of their heads
 * (RFC 9112, sections 2 and 7). A request that is framed in two ways is refused elsewhere and ends the
 * connection; nothing behind it counts.
 */
final class RequestFraming {

  /** More of a line is not needed to read a length or a coding. */
  private static final int LINE_CHARS_MAX = 64;

  private static final int LENGTH_DIGITS_MAX = 18;
  private static final int CHUNK_DIGITS_MAX = 15;

  private enum Part {
    LINE_START,
    LINE,
    BODY,
    CHUNK_SIZE,
    CHUNK,
    TRAILER_START,
    TRAILER,
    LOST
  }

  private final StringBuilder line = new StringBuilder(LINE_CHARS_MAX);
  private Part part = Part.LINE_START;
  private boolean firstLine = true;
  private boolean interesting;
  private boolean chunked;
  private boolean lost;
  private long left;

  /** Goes on with the bytes from {@code start} to {@code end}; the blank of a folded line becomes a NUL. */
  void follow(ByteBuffer bytes, int start, int end) {
    int at = start;
    while (at < end && part != Part.LOST) {
      at = switch (part) {
        case LINE_START -> lineStart(bytes, at);
        case LINE -> line(bytes, at, end);
        case BODY, CHUNK -> skip(at, end);
        case CHUNK_SIZE -> chunkSize(bytes.get(at), at);
        case TRAILER_START -> trailerStart(bytes.get(at), at);
        case TRAILER -> trailer(bytes.get(at), at);
        case LOST -> end;
      };
    }
  }

  /** Looks at nothing any more. */
  void lose() {
    part = Part.LOST;
  }

  private int lineStart(ByteBuffer bytes, int at) {
    byte b = bytes.get(at);
    if (b == '\n') {
      headEnd();
    } else if (b != '\r') {
      if (!firstLine && (b == ' ' || b == '\t')) {
        bytes.put(at, (byte) 0);
      }
      interesting =
          !firstLine && (b == 'c' || b == 'C' || b == 't' || b == 'T' || b == 'u' || b == 'U');
      line.setLength(0);
      part = Part.LINE;
      return at; // its first byte belongs to it
    }
    return at + 1;
  }

  /** Most lines are passed over without a look at anything but their end. */
  private int line(ByteBuffer bytes, int from, int end) {
    int at = from;
    while (at < end) {
      byte b = bytes.get(at++);
      if (b == '\n') {
        lineEnd();
        return at;
      }
      if (interesting && line.length() < LINE_CHARS_MAX) {
        line.append((char) (b & 0xff));
      }
    }
    return at;
  }

  private void lineEnd() {
    if (interesting) {
      field(line.toString().toLowerCase(Locale.ROOT));
    }
    firstLine = false;
    part = Part.LINE_START;
  }

  private void field(String text) {
    if (text.startsWith("content-length:")) {
      String digits = text.substring(text.indexOf(':') + 1).strip();
      boolean sound = !digits.isEmpty()
          && digits.length() <= LENGTH_DIGITS_MAX
          && digits.chars().allMatch(Ascii::digit);
      lost |= !sound || text.length() == LINE_CHARS_MAX;
      left = sound ? Long.parseLong(digits) : 0;
    } else if (text.startsWith("transfer-encoding:")) {
      chunked = true;
    } else if (text.startsWith("upgrade:")) {
      lost = true; // what comes behind this head may be no HTTP
    }
  }

  private void headEnd() {
    if (firstLine) {
      return; // an empty line before a request (RFC 9112, 2.2)
    }
    part = lost ? Part.LOST : chunked ? Part.CHUNK_SIZE : left > 0 ? Part.BODY : Part.LINE_START;
    if (chunked) {
      left = 0;
    }
    line.setLength(0);
    firstLine = true;
    chunked = false;
  }

  private int skip(int at, int end) {
    int skipped = (int) Math.min(left, end - at);
    left -= skipped;
    if (left == 0) {
      part = part == Part.BODY ? Part.LINE_START : Part.CHUNK_SIZE;
    }
    return at + skipped;
  }

  private int chunkSize(byte b, int at) {
    if (b != '\n') {
      boolean more = line.length() <= CHUNK_DIGITS_MAX;
      if (more) {
        line.append((char) (b & 0xff));
      }
      return at + 1;
    }
    int digits = 0;
    while (digits < line.length() && Ascii.hex(line.charAt(digits)) >= 0) {
      digits++;
    }
    if (digits == 0 || digits > CHUNK_DIGITS_MAX) {
      part = Part.LOST;
      return at + 1;
    }
    long size = Long.parseLong(line.substring(0, digits), 16);
    line.setLength(0);
    left = size + 2; // and the end of its line
    part = size == 0 ? Part.TRAILER_START : Part.CHUNK;
    return at + 1;
  }

  private int trailerStart(byte b, int at) {
    if (b == '\n') {
      left = 0;
      part = Part.LINE_START;
    } else if (b != '\r') {
      part = Part.TRAILER;
    }
    return at + 1;
  }

  private int trailer(byte b, int at) {
    part = b == '\n' ? Part.TRAILER_START : Part.TRAILER;
    return at + 1;
  }
}
