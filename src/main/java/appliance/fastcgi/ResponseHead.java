package appliance.fastcgi;

import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The header block of php's answer by RFC 3875, section 6.3.
 *
 * @param reason what php says besides the status, or empty
 * @param contentLength -1 if there is none
 */
record ResponseHead(int status, String reason, List<Line> lines, long contentLength) {

  private static final int LINES_MAX = 256;

  /** A longer one is left out. */
  private static final int REASON_CHARS_MAX = 200;

  /** One header line. */
  record Line(HttpString name, String value) {}

  void copyTo(HeaderMap headers) {
    for (Line line : lines) {
      headers.add(line.name, line.value);
    }
  }

  /** Reads {@code length} bytes that end with an empty line. */
  static ResponseHead parse(byte[] bytes, int length) throws InvalidResponse {
    Builder builder = new Builder();
    int from = 0;
    while (from < length) {
      int lf = from;
      while (bytes[lf] != '\n') {
        lf++;
      }
      int end = lf > from && bytes[lf - 1] == '\r' ? lf - 1 : lf;
      if (end > from) {
        builder.line(bytes, from, end);
      }
      from = lf + 1;
    }
    return builder.build();
  }

  private static final class Builder {

    private final List<Line> lines = new ArrayList<>();
    private int status;
    private String reason = "";
    private boolean location;
    private long contentLength = -1;

    void line(byte[] bytes, int from, int end) throws InvalidResponse {
      int colon = from;
      while (colon < end && isToken(bytes[colon])) {
        colon++;
      }
      if (colon == from || colon == end || bytes[colon] != ':') {
        throw new InvalidResponse("a header line without a name");
      }
      if (lines.size() >= LINES_MAX) {
        throw new InvalidResponse("more than " + LINES_MAX + " header lines");
      }
      String name = new String(bytes, from, colon - from, StandardCharsets.ISO_8859_1);
      add(name, value(bytes, colon + 1, end));
    }

    private static String value(byte[] bytes, int from, int end) throws InvalidResponse {
      int start = from;
      int stop = end;
      while (start < stop && isBlank(bytes[start])) {
        start++;
      }
      while (stop > start && isBlank(bytes[stop - 1])) {
        stop--;
      }
      for (int i = start; i < stop; i++) {
        if ((bytes[i] >= 0 && bytes[i] < ' ' && bytes[i] != '\t') || bytes[i] == 0x7f) {
          throw new InvalidResponse("a control character in a header");
        }
      }
      return new String(bytes, start, stop - start, StandardCharsets.ISO_8859_1);
    }

    private void add(String text, String value) throws InvalidResponse {
      HttpString known = Headers.fromCache(text);
      HttpString name = known == null ? new HttpString(text) : known;
      if (name.equals(Headers.CONTENT_LENGTH)) {
        length(value);
        return;
      }
      if (name.equals(Headers.LOCATION)) {
        location = true;
      }
      switch (text.toLowerCase(Locale.ROOT)) {
        case "status" -> status(value);
        // For this hop, which ends here; the edge frames the answer itself.
        case "connection",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "proxy-connection",
            "proxy-authenticate" -> {}
        default -> lines.add(new Line(name, value));
      }
    }

    private void status(String value) throws InvalidResponse {
      boolean number = value.length() >= 3
          && value.substring(0, 3).chars().allMatch(c -> c >= '0' && c <= '9')
          && (value.length() == 3 || value.charAt(3) == ' ');
      status = number ? Integer.parseInt(value.substring(0, 3)) : 0;
      if (status < 200 || status > 599) {
        throw new InvalidResponse("the status \"" + value + "\"");
      }
      String said = value.substring(3).strip();
      reason = said.length() <= REASON_CHARS_MAX ? said : "";
    }

    private void length(String value) throws InvalidResponse {
      boolean number = value.matches("[0-9]{1,18}");
      long length = number ? Long.parseLong(value) : -1;
      if (!number || (contentLength >= 0 && contentLength != length)) {
        throw new InvalidResponse("the content length \"" + value + "\"");
      }
      contentLength = length;
    }

    /** RFC 3875, section 6.2: a Location without a Status is a redirect, all else is an answer. */
    ResponseHead build() {
      int fallback = location ? 302 : 200;
      return new ResponseHead(status == 0 ? fallback : status, reason, lines, contentLength);
    }

    private static boolean isBlank(byte b) {
      return b == ' ' || b == '\t';
    }

    /** A tchar of RFC 9110. */
    private static boolean isToken(byte b) {
      return (b >= 'a' && b <= 'z')
          || (b >= 'A' && b <= 'Z')
          || (b >= '0' && b <= '9')
          || (b > 0 && "-!#$%&'*+.^_`|~".indexOf(b) >= 0);
    }
  }
}
