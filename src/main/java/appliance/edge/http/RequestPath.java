package appliance.edge.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A request's path, read once for all: what the files, the routing and the applications see is the same.
 *
 * @param raw as it is sent on, runs of slashes made one
 * @param decoded the same, percent-decoded
 */
public record RequestPath(String raw, String decoded) {

  private static final String SLASH = "%2F";

  /** As {@link #of(String, boolean)}, encoded slashes being refused. */
  static @Nullable RequestPath of(String target) {
    return of(target, false);
  }

  /**
   * Reads the path of a request target.
   *
   * @param slashes whether encoded slashes may be in it; they stay {@code %2F}, decoded, too
   * @return null if it is refused: dot segments in any disguise, control bytes, backslashes, encoded
   *     slashes, broken percent-encoding or UTF-8
   */
  public static @Nullable RequestPath of(String target, boolean slashes) {
    if (plain(target)) {
      return new RequestPath(target, target);
    }
    if (target.isEmpty() || target.charAt(0) != '/') {
      return null;
    }
    String raw = singleSlashes(target);
    String decoded = decode(raw, slashes);
    return decoded == null || dotSegments(decoded.replace(SLASH, "/"))
        ? null
        : new RequestPath(raw, decoded);
  }

  /** Whether a path as it is sent holds {@code %2F} in either case. */
  public static boolean hasEncodedSlash(String raw) {
    return raw.contains("%2F") || raw.contains("%2f");
  }

  /** Most paths need no second look. */
  private static boolean plain(String target) {
    char before = 0;
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      boolean usual = Ascii.alphanumeric(c) || "/-_.".indexOf(c) >= 0;
      boolean special = before == '/' && (c == '/' || c == '.');
      if (!usual || special || (i == 0 && c != '/')) {
        return false;
      }
      before = c;
    }
    return before != 0;
  }

  private static String singleSlashes(String target) {
    if (!target.contains("//")) {
      return target;
    }
    StringBuilder single = new StringBuilder(target.length());
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c != '/' || i == 0 || target.charAt(i - 1) != '/') {
        single.append(c);
      }
    }
    return single.toString();
  }

  private static @Nullable String decode(String raw, boolean slashes) {
    ByteBuffer bytes = ByteBuffer.allocate(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      int c = raw.charAt(i);
      if (c == '%') {
        c = i + 2 < raw.length() ? hex(raw.charAt(i + 1), raw.charAt(i + 2)) : -1;
        i += 2;
        if (c == '/') {
          if (!slashes) {
            return null;
          }
          bytes.put((byte) '%').put((byte) '2');
          c = 'F';
        }
      } else if (c > 126) {
        return null;
      }
      if (c < ' ' || c == 127 || c == '\\') {
        return null;
      }
      bytes.put((byte) c);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static int hex(char high, char low) {
    int first = Ascii.hex(high);
    int second = Ascii.hex(low);
    return first < 0 || second < 0 ? -1 : first * 16 + second;
  }

  /** Some applications cut a segment's parameters, so that {@code ..;x} is a dot segment to them. */
  private static boolean dotSegments(String decoded) {
    int from = 1;
    while (from <= decoded.length()) {
      int slash = decoded.indexOf('/', from);
      int end = slash < 0 ? decoded.length() : slash;
      int semicolon = decoded.indexOf(';', from);
      int cut = semicolon >= 0 && semicolon < end ? semicolon : end;
      String name = decoded.substring(from, cut);
      if (name.equals(".") || name.equals("..")) {
        return true;
      }
      from = end + 1;
    }
    return false;
  }
}
