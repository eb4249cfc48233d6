package appliance.edge.http;

import io.undertow.util.StatusCodes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Follows the requests of one connection, byte by byte: the lines of their heads well enough to find
 * folded ones, the chunks of their bodies strictly (RFC 9112, sections 2, 5.2 and 7.1). A head that is
 * framed in two ways is refused elsewhere and ends the connection; nothing behind it counts.
 */
final class RequestFraming {

  /** More of a line, blanks aside, is not needed to read a length or a coding. */
  private static final int LINE_CHARS_MAX = 64;

  private static final int LENGTH_DIGITS_MAX = 18;

  /** The last eight bytes of a request line. */
  private static final long HTTP_1_1 = bytes("HTTP/1.1");

  private static final long HTTP_1_0 = bytes("HTTP/1.0");

  private enum Part {
    LINE_START,
    LINE,
    BODY,
    CHUNKS,
    LOST
  }

  private final long bodyBytesMax;
  private final StringBuilder line = new StringBuilder(LINE_CHARS_MAX);
  private Part part = Part.LINE_START;
  private boolean firstLine = true;
  private boolean interesting;
  private boolean wrongVersion;

  /** Between CR and LF of an empty line before a request. */
  private boolean halfLine;

  /** What has passed of the request line, eight bytes at most. */
  private long tail;

  private boolean lost;
  private long left;
  private @Nullable ChunkFraming chunks;
  private RequestRules.@Nullable Refused refused;

  /**
   * @param bodyBytesMax of data in a chunked body; a Content-Length is looked at elsewhere
   */
  RequestFraming(long bodyBytesMax) {
    this.bodyBytesMax = bodyBytesMax;
  }

  /** Why the bytes ended before their end; null if they have not. */
  RequestRules.@Nullable Refused refused() {
    return refused;
  }

  /**
   * Goes on with the bytes from {@code start} to {@code stop}; the blank of a folded line becomes a NUL,
   * and so does what follows a request line of another version, which Undertow takes for the last one's.
   *
   * <p>Empty lines before a request are taken out (RFC 9112, 2.2): old clients send one behind a body.
   *
   * @return where the bytes to be used end: before {@code stop} if some were taken out, or if a chunk breaks
   *     the coding or a limit, see {@link #refused()}
   */
  int follow(ByteBuffer bytes, int start, int stop) {
    int at = start;
    int end = stop;
    try {
      while (at < end && part != Part.LOST) {
        if (part == Part.LINE_START && firstLine) {
          end -= dropEmptyLines(bytes, at, end);
          if (at == end) {
            break;
          }
        }
        at = switch (part) {
          case LINE_START -> lineStart(bytes, at);
          case LINE -> line(bytes, at, end);
          case BODY -> body(at, end);
          case CHUNKS -> chunks(bytes, at, end);
          case LOST -> end;
        };
      }
    } catch (Broken e) {
      refused = e.getCause() instanceof ChunkFraming.TooLarge
          ? new RequestRules.Refused(
              StatusCodes.REQUEST_ENTITY_TOO_LARGE, RequestRules.BODY_TOO_LARGE)
          : RequestRules.bad("the body has a broken chunk");
      return e.at;
    }
    return end;
  }

  /** A chunk that is none. */
  private static final class Broken extends Exception {

    private static final long serialVersionUID = 1;

    final int at;

    Broken(int at, InvalidResponse cause) {
      super(cause);
      this.at = at;
    }
  }

  /** Takes out whole ones; half of one is left for Undertow to refuse. */
  private int dropEmptyLines(ByteBuffer bytes, int from, int end) {
    int at = from;
    while (at < end && bytes.get(at) == (halfLine ? '\n' : '\r')) {
      halfLine = !halfLine;
      at++;
    }
    if (at > from) {
      bytes.put(from, bytes.duplicate().limit(end), at, end - at);
    }
    if (halfLine && at < end) {
      halfLine = false;
      bytes.put(from, (byte) 0);
    }
    return at - from;
  }

  private static long bytes(String eight) {
    return ByteBuffer.wrap(eight.getBytes(StandardCharsets.US_ASCII)).getLong();
  }

  /** Looks at nothing any more. */
  void lose() {
    part = Part.LOST;
  }

  private int lineStart(ByteBuffer bytes, int at) {
    if (wrongVersion) {
      wrongVersion = false;
      bytes.put(at, (byte) 0);
    }
    byte b = bytes.get(at);
    if (b == '\n') {
      headEnd();
    } else if (b != '\r') {
      if (!firstLine && (b == ' ' || b == '\t')) {
        bytes.put(at, (byte) 0);
      }
      interesting = !firstLine && (b == 'c' || b == 'C' || b == 't' || b == 'T');
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
      if (firstLine) {
        tail = b == '\r' ? tail : tail << 8 | (b & 0xff);
      } else if (interesting && b != ' ' && b != '\t' && line.length() < LINE_CHARS_MAX) {
        line.append((char) (b & 0xff));
      }
    }
    return at;
  }

  private void lineEnd() {
    if (interesting) {
      field(line.toString().toLowerCase(Locale.ROOT));
    }
    if (firstLine) {
      wrongVersion = tail != HTTP_1_1 && tail != HTTP_1_0;
      firstLine = false;
    }
    part = Part.LINE_START;
  }

  private void field(String text) {
    if (text.startsWith("content-length:")) {
      String digits = text.substring(text.indexOf(':') + 1).strip();
      boolean sound = !digits.isEmpty()
          && digits.length() <= LENGTH_DIGITS_MAX
          && digits.chars().allMatch(Ascii::digit);
      lost |= !sound;
      left = sound ? Long.parseLong(digits) : 0;
    } else if (text.startsWith("transfer-encoding:")) {
      chunks = new ChunkFraming(bodyBytesMax);
    }
  }

  private void headEnd() {
    boolean body = left > 0;
    part = lost ? Part.LOST : chunks != null ? Part.CHUNKS : body ? Part.BODY : Part.LINE_START;
    firstLine = true;
  }

  private int body(int at, int end) {
    int skipped = (int) Math.min(left, end - at);
    left -= skipped;
    if (left == 0) {
      part = Part.LINE_START;
    }
    return at + skipped;
  }

  private int chunks(ByteBuffer bytes, int from, int end) throws Broken {
    ChunkFraming framing = Objects.requireNonNull(chunks);
    int at = from;
    while (at < end && !framing.finished()) {
      int data = (int) Math.min(framing.data(), end - at);
      if (data > 0) {
        framing.skip(data);
        at += data;
      } else {
        try {
          framing.step(bytes.get(at));
        } catch (InvalidResponse e) {
          throw new Broken(at, e);
        }
        at++;
      }
    }
    if (framing.finished()) {
      chunks = null;
      left = 0;
      part = Part.LINE_START;
    }
    return at;
  }
}
