package appliance.edge.http;

import io.undertow.util.StatusCodes;
import java.nio.charset.StandardCharsets;

/**
 * The first line of an answer (RFC 9112, section 4).
 *
 * @param reason empty if it is the usual one of the status, or none
 */
record StatusLine(int status, boolean http11, String reason) {

  /** Of "HTTP/1.1 200". */
  private static final int STATUS_END = 12;

  private static final int STATUS_MIN = 100;
  private static final int STATUS_MAX = 599;

  /** A longer one is left out: the head that goes to the client must have room for it. */
  private static final int REASON_CHARS_MAX = 200;

  /**
   * Parses the line that {@code bytes} begin with, up to {@code end}, without control characters.
   *
   * @throws InvalidResponse if it is none of HTTP/1
   */
  static StatusLine parse(byte[] bytes, int end) throws InvalidResponse {
    boolean version = end >= STATUS_END
        && bytes[0] == 'H'
        && bytes[1] == 'T'
        && bytes[2] == 'T'
        && bytes[3] == 'P'
        && bytes[4] == '/'
        && bytes[5] == '1'
        && bytes[6] == '.'
        && (bytes[7] == '0' || bytes[7] == '1')
        && bytes[8] == ' ';
    if (!version || (end > STATUS_END && bytes[STATUS_END] != ' ')) {
      throw new InvalidResponse("something that is not HTTP/1.x");
    }
    int status = 0;
    for (int i = 9; i < STATUS_END; i++) {
      if (bytes[i] < '0' || bytes[i] > '9') {
        throw new InvalidResponse("a status that is no number");
      }
      status = status * 10 + bytes[i] - '0';
    }
    if (status < STATUS_MIN || status > STATUS_MAX) {
      throw new InvalidResponse("status " + status);
    }
    return new StatusLine(status, bytes[7] == '1', reason(bytes, STATUS_END + 1, end, status));
  }

  private static String reason(byte[] bytes, int from, int end, int status) {
    int length = end - from;
    return length <= 0 || length > REASON_CHARS_MAX || usual(bytes, from, length, status)
        ? ""
        : new String(bytes, from, length, StandardCharsets.ISO_8859_1);
  }

  private static boolean usual(byte[] bytes, int from, int length, int status) {
    String usual = StatusCodes.getReason(status);
    boolean same = usual.length() == length;
    for (int i = 0; same && i < length; i++) {
      same = usual.charAt(i) == bytes[from + i];
    }
    return same;
  }
}
