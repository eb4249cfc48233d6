package appliance.edge.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The head of an application's answer by RFC 9112, parsed strictly: CRLF only, no folded lines, no
 * space before a colon, one framing.
 *
 * @param contentLength -1 if there is none
 * @param keepAlive whether the application keeps the connection open afterwards
 */
public record ResponseHead(
    StatusLine first, List<Line> lines, long contentLength, boolean chunked, boolean keepAlive) {

  /** A longer head is an invalid answer. */
  public static final int BYTES_MAX = 64 * 1024;

  private static final int LINES_MAX = 200;

  /** One header line. */
  record Line(HttpString name, String value) {}

  public int status() {
    return first.status();
  }

  /** What the application says besides the status, if that is not the usual; else empty. */
  public String reason() {
    return first.reason();
  }

  /** Whether it is a 1xx, which another head follows. */
  public boolean interim() {
    return status() < 200 && status() != 101;
  }

  /** Whether a body follows, in answer to {@code method}. */
  public boolean hasBody(HttpString method) {
    return !method.equals(io.undertow.util.Methods.HEAD)
        && status() != 204
        && status() != 304
        && contentLength != 0;
  }

  /** Why a relay says that its application saw nothing of the request, if it says so. */
  @Nullable
  public String unsent() {
    return first(RelayHeaders.UNSENT);
  }

  /** Of what kind {@link #unsent} was, as a relay says it. */
  @Nullable
  public String unsentKind() {
    return first(RelayHeaders.UNSENT_KIND);
  }

  /** Why a relay did not let a write through to its application, if it says so. */
  @Nullable
  public String fenced() {
    return first(RelayHeaders.FENCED);
  }

  /** Why a relay says that its application gave no answer, if it says so. */
  @Nullable
  public String failed() {
    return first(RelayHeaders.FAILED);
  }

  /** Of what kind {@link #failed} was, if another application might answer. */
  @Nullable
  public String failedKind() {
    return first(RelayHeaders.FAILED_KIND);
  }

  /** Whether a relay says of a check that its application was not asked, as it is busy. */
  public boolean busy() {
    return first(RelayHeaders.BUSY) != null;
  }

  /** Which one of several applications of its node answered, as a relay says it. */
  @Nullable
  public String application() {
    return first(RelayHeaders.APPLICATION);
  }

  private @Nullable String first(HttpString name) {
    for (Line line : lines) {
      if (line.name.equals(name)) {
        return line.value;
      }
    }
    return null;
  }

  /** Has the answer of {@code exchange} begin like this. */
  public void copyTo(HttpServerExchange exchange) {
    exchange.setStatusCode(status());
    if (!reason().isEmpty()) {
      exchange.setReasonPhrase(reason());
    }
    copyTo(exchange.getResponseHeaders());
  }

  /** Adds the end-to-end headers to {@code headers}, those of the framing only if they still hold. */
  void copyTo(HeaderMap headers) {
    for (Line line : lines) {
      headers.add(line.name, line.value);
    }
    HopByHop.strip(headers);
    RelayHeaders.strip(headers);
    if (status() == 204) {
      headers.remove(Headers.CONTENT_LENGTH);
    }
  }

  /** Where the head that begins at {@code bytes[0]} ends, or -1 if it has not all arrived. */
  public static int end(byte[] bytes, int length) {
    int last = 3; // where the last of CR, LF, CR, LF may be
    while (last < length) {
      byte b = bytes[last];
      if (b == '\n') {
        if (bytes[last - 1] == '\r' && bytes[last - 2] == '\n' && bytes[last - 3] == '\r') {
          return last + 1;
        }
        last += 2;
      } else {
        last += b == '\r' ? 1 : 4;
      }
    }
    return -1;
  }

  /**
   * Looks at the beginning of a head: whoever ends its lines by LF alone would be waited for in vain.
   *
   * @throws InvalidResponse if it can become none
   */
  public static void requireCr(byte[] bytes, int length) throws InvalidResponse {
    for (int i = 0; i < length; i++) {
      if (bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r')) {
        throw new InvalidResponse("a line that ends without CR");
      }
    }
  }

  /**
   * Parses the head that fills {@code bytes} up to {@code end}, as {@link #end} found it.
   *
   * @throws InvalidResponse if it is broken or ambiguous
   */
  public static ResponseHead parse(byte[] bytes, int end, HeaderNames names)
      throws InvalidResponse {
    int at = lineEnd(bytes, 0, end);
    StatusLine first = StatusLine.parse(bytes, at);
    List<Line> lines = new ArrayList<>(16);
    at += 2;
    while (at < end - 2) {
      int lineEnd = lineEnd(bytes, at, end);
      if (lines.size() == LINES_MAX) {
        throw new InvalidResponse("more than " + LINES_MAX + " header lines");
      }
      lines.add(line(bytes, at, lineEnd, names));
      at = lineEnd + 2;
    }
    return framed(first, lines);
  }

  private static int lineEnd(byte[] bytes, int from, int end) throws InvalidResponse {
    for (int i = from; i < end; i++) {
      byte b = bytes[i];
      if ((b >= ' ' && b != 127) || b < 0 || b == '\t') {
        continue;
      }
      if (b == '\r' && bytes[i + 1] == '\n') {
        return i;
      }
      throw new InvalidResponse("a control character in its headers");
    }
    throw new InvalidResponse("a header line without an end");
  }

  private static Line line(byte[] bytes, int from, int end, HeaderNames names)
      throws InvalidResponse {
    int colon = from;
    while (colon < end && HeaderNames.token(bytes[colon])) {
      colon++;
    }
    if (colon == from || colon == end || bytes[colon] != ':') {
      throw new InvalidResponse("a header name that is no token");
    }
    int valueStart = colon + 1;
    int valueEnd = end;
    while (valueStart < valueEnd && blank(bytes[valueStart])) {
      valueStart++;
    }
    while (valueEnd > valueStart && blank(bytes[valueEnd - 1])) {
      valueEnd--;
    }
    String value =
        new String(bytes, valueStart, valueEnd - valueStart, StandardCharsets.ISO_8859_1);
    return new Line(names.name(bytes, from, colon), value);
  }

  private static boolean blank(byte b) {
    return b == ' ' || b == '\t';
  }

  private static ResponseHead framed(StatusLine first, List<Line> lines) throws InvalidResponse {
    long length = -1;
    boolean chunked = false;
    boolean closes = false;
    boolean keeps = first.http11();
    for (Iterator<Line> at = lines.iterator(); at.hasNext(); ) {
      Line line = at.next();
      if (line.name.equals(Headers.CONTENT_LENGTH)) {
        long each = length(line.value);
        if (length >= 0 && length != each) {
          throw new InvalidResponse("two different Content-Length");
        }
        if (length >= 0) {
          at.remove(); // clients refuse two of them, though they are the same
        }
        length = each;
      } else if (line.name.equals(Headers.TRANSFER_ENCODING)) {
        if (chunked || !line.value.equalsIgnoreCase("chunked")) {
          throw new InvalidResponse("Transfer-Encoding: " + line.value);
        }
        chunked = true;
      } else if (line.name.equals(Headers.CONNECTION)) {
        closes |= HopByHop.names(line.value, "close");
        keeps |= HopByHop.names(line.value, "keep-alive");
      }
    }
    if (chunked && length >= 0) {
      throw new InvalidResponse("both Content-Length and Transfer-Encoding");
    }
    return new ResponseHead(first, lines, length, chunked, keeps && !closes);
  }

  private static long length(String value) throws InvalidResponse {
    if (value.length() > 18 || !Ascii.digits(value)) {
      throw new InvalidResponse("Content-Length: " + value);
    }
    return Long.parseLong(value);
  }
}
