package appliance.edge.hot;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/**
 * A request head as bytes, told to be plain or not: a whole GET or HEAD with nothing behind it, of whose
 * header lines none but Host and Accept-Encoding could change what a file is answered with. Whatever is
 * unusual in any way is not plain, and so left to the parser. Belongs to one I/O thread.
 */
public final class HotRequest {

  static final int BYTES_MAX = 8 * 1024;
  private static final byte[] VERSION = ascii(" HTTP/1.1\r\n");
  private static final byte[] KEEP_ALIVE = ascii("keep-alive");
  private static final byte[] HOST = ascii("host");
  private static final byte[] CONNECTION = ascii("connection");
  private static final byte[] ACCEPT_ENCODING = ascii("accept-encoding");
  private static final byte[] USER_AGENT = ascii("user-agent");
  private static final byte[] REFERER = ascii("referer");

  /** Fields that no answer from a file depends on. */
  private static final byte[][] HARMLESS = {
    ascii("accept"),
    ascii("accept-language"),
    ascii("cache-control"),
    ascii("cookie"),
    ascii("dnt"),
    ascii("pragma"),
    ascii("priority"),
    ascii("save-data"),
    ascii("upgrade-insecure-requests")
  };

  /** The same, whatever follows. */
  private static final byte[][] HARMLESS_PREFIXES = {ascii("sec-fetch-"), ascii("sec-ch-")};

  private static final Set<String> ONCE =
      Set.of("host", "accept-encoding", "user-agent", "referer");

  /** Where a field's value lies; empty and unset at -1. */
  static final class Span {

    private int from = -1;
    private int end = -1;

    private boolean set(int first, int last) {
      boolean unset = from < 0;
      from = first;
      end = last;
      return unset;
    }

    boolean unset() {
      return from < 0;
    }
  }

  private final byte[] bytes = new byte[BYTES_MAX];
  private final HotTarget key = new HotTarget();
  private final Span host = new Span();
  private final Span encoding = new Span();
  private final Span agent = new Span();
  private final Span referer = new Span();
  private int length;
  private int targetFrom;
  private int targetEnd;
  private boolean head;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The bytes to fill before {@link #begin}. */
  byte[] bytes() {
    return bytes;
  }

  /** Whether the first line, of the {@code count} bytes that are there, is that of a GET or HEAD. */
  boolean begin(int count) {
    length = count;
    head = count > 5 && bytes[0] == 'H' && bytes[1] == 'E' && bytes[2] == 'A' && bytes[3] == 'D';
    boolean get = count > 4 && bytes[0] == 'G' && bytes[1] == 'E' && bytes[2] == 'T';
    targetFrom = head ? 5 : 4;
    if ((!head && !get) || bytes[targetFrom - 1] != ' ') {
      return false;
    }
    int at = targetFrom;
    while (at < count && bytes[at] > ' ' && bytes[at] < 127) {
      at++;
    }
    targetEnd = at;
    return at > targetFrom && startsWith(at, count, VERSION);
  }

  /** Whether a parsed request has no other lines than {@link #plain(int)} allows. */
  static boolean plain(HeaderMap fields) {
    for (HeaderValues field : fields) {
      String name = field.getHeaderName().toString().toLowerCase(Locale.ROOT);
      boolean keepAlive = name.equals("connection")
          && field.size() == 1
          && field.getFirst().equalsIgnoreCase("keep-alive");
      boolean once = field.size() == 1 && ONCE.contains(name);
      if (!keepAlive && !once && !harmless(name)) {
        return false;
      }
    }
    return true;
  }

  private static boolean harmless(String name) {
    byte[] bytes = ascii(name);
    for (byte[] harmless : HARMLESS) {
      if (Arrays.equals(bytes, harmless)) {
        return true;
      }
    }
    return name.startsWith("sec-fetch-") || name.startsWith("sec-ch-");
  }

  HotTarget key() {
    return key.set(bytes, targetFrom, targetEnd);
  }

  /**
   * Whether what follows the first line is plain and complete, with {@code linesMax} lines at most; to
   * be asked after {@link #begin}.
   */
  boolean plain(int linesMax) {
    host.from = -1;
    encoding.from = -1;
    agent.from = -1;
    referer.from = -1;
    int at = targetEnd + VERSION.length;
    for (int lines = 0; lines <= linesMax; lines++) {
      if (at + 2 == length) {
        return bytes[at] == '\r' && bytes[at + 1] == '\n' && host.from >= 0;
      }
      int end = lineEnd(at);
      if (end < 0 || !harmless(at, end)) {
        return false;
      }
      at = end + 2;
    }
    return false;
  }

  /** Where the line's CRLF begins; -1 if there is none or a control byte before it. */
  private int lineEnd(int from) {
    int at = from;
    while (at < length && (bytes[at] < 0 || bytes[at] >= ' ' || bytes[at] == '\t')) {
      at++;
    }
    return at + 1 < length && bytes[at] == '\r' && bytes[at + 1] == '\n' ? at : -1;
  }

  private boolean harmless(int from, int end) {
    int colon = from;
    while (colon < end && bytes[colon] != ':') {
      colon++;
    }
    if (colon == from || colon == end) {
      return false;
    }
    int first = colon + 1;
    while (first < end && blank(bytes[first])) {
      first++;
    }
    int last = end;
    while (last > first && blank(bytes[last - 1])) {
      last--;
    }
    return field(from, colon, first, last);
  }

  private boolean field(int from, int colon, int first, int last) {
    if (is(from, colon, HOST)) {
      return host.set(first, last) && last > first;
    }
    if (is(from, colon, ACCEPT_ENCODING)) {
      return encoding.set(first, last);
    }
    if (is(from, colon, CONNECTION)) {
      return is(first, last, KEEP_ALIVE);
    }
    if (is(from, colon, USER_AGENT)) {
      return agent.set(first, last);
    }
    if (is(from, colon, REFERER)) {
      return referer.set(first, last);
    }
    return harmless(from, colon, HARMLESS, false) || harmless(from, colon, HARMLESS_PREFIXES, true);
  }

  private boolean harmless(int from, int colon, byte[][] names, boolean prefix) {
    for (byte[] name : names) {
      int end = prefix ? Math.min(colon, from + name.length) : colon;
      if (is(from, end, name)) {
        return true;
      }
    }
    return false;
  }

  private static boolean blank(byte b) {
    return b == ' ' || b == '\t';
  }

  /** Whether the bytes are {@code lower}, in any case. */
  private boolean is(int from, int end, byte[] lower) {
    if (end - from != lower.length) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      byte b = bytes[from + i];
      byte folded = b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
      if (folded != lower[i]) {
        return false;
      }
    }
    return true;
  }

  private boolean startsWith(int from, int end, byte[] exact) {
    return end - from >= exact.length
        && Arrays.equals(bytes, from, from + exact.length, exact, 0, exact.length);
  }

  boolean hostIs(byte[] expected) {
    return same(host, expected);
  }

  /** Whether Accept-Encoding is this; an empty one stands for none. */
  boolean encodingIs(byte[] expected) {
    return encoding.unset() ? expected.length == 0 : same(encoding, expected);
  }

  private boolean same(Span span, byte[] expected) {
    return Arrays.equals(bytes, span.from, span.end, expected, 0, expected.length);
  }

  /** Whether it is a HEAD; else it is a GET. */
  public boolean isHead() {
    return head;
  }

  /** The request target as it was sent. */
  public String target() {
    return text(targetFrom, targetEnd);
  }

  /** The Host. */
  public String host() {
    return text(host.from, host.end);
  }

  /** The User-Agent; empty if there is none. */
  public String userAgent() {
    return agent.unset() ? "" : text(agent.from, agent.end);
  }

  /** The Referer; empty if there is none. */
  public String referer() {
    return referer.unset() ? "" : text(referer.from, referer.end);
  }

  private String text(int from, int end) {
    return new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
  }
}
