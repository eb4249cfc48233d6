package appliance.edge.http;

import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.charset.StandardCharsets;

/**
 * Finds the shared object for a header name in bytes, so that the common ones are not made anew for
 * each answer. Belongs to one I/O thread.
 */
public final class HeaderNames {

  private static final int SLOTS = 256;

  private final HttpString[] slots = new HttpString[SLOTS];

  /** Whether {@code b} may be part of a name: a tchar of RFC 9110. */
  static boolean token(byte b) {
    return Ascii.alphanumeric(b) || (b > 0 && "!#$%&'*+-.^_`|~".indexOf(b) >= 0);
  }

  HttpString name(byte[] bytes, int from, int end) {
    int hash = 0;
    for (int i = from; i < end; i++) {
      hash = hash * 31 + (bytes[i] | 0x20);
    }
    int slot = (hash ^ hash >>> 8) & (SLOTS - 1);
    HttpString known = slots[slot];
    if (known != null && same(known, bytes, from, end)) {
      return known;
    }
    String text = new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
    HttpString name = Headers.fromCache(text);
    name = name == null ? new HttpString(text) : name;
    slots[slot] = name;
    return name;
  }

  /** Exactly: an application's own spelling is kept, unless it is a name that all know. */
  private static boolean same(HttpString known, byte[] bytes, int from, int end) {
    if (known.length() != end - from) {
      return false;
    }
    for (int i = from; i < end; i++) {
      byte a = known.byteAt(i - from);
      byte b = bytes[i];
      if (a != b && !(Ascii.letter(b) && (a | 0x20) == (b | 0x20))) {
        return false;
      }
    }
    return true;
  }
}
