package appliance.edge.http;

import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds the shared object for a header name in bytes, so that the common ones are not made anew for
 * each answer. Belongs to one I/O thread.
 */
public final class HeaderNames {

  private static final int SLOTS = 256;

  private static final boolean[] TOKEN = new boolean[256];

  static {
    for (int c = 1; c < 128; c++) {
      TOKEN[c] = Ascii.alphanumeric(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
  }

  private final Known[] slots = new Known[SLOTS];

  /** A name as it was written. */
  private static final class Known {

    private final byte[] spelled;
    private final HttpString name;

    /** An application's own spelling is kept. */
    Known(byte[] spelled) {
      this.spelled = spelled;
      String text = new String(spelled, StandardCharsets.ISO_8859_1);
      HttpString cached = Headers.fromCache(text);
      name = cached == null ? new HttpString(text) : cached;
    }

    boolean is(byte[] bytes, int from, int end) {
      return Arrays.equals(bytes, from, end, spelled, 0, spelled.length);
    }
  }

  /** Whether {@code b} may be part of a name: a tchar of RFC 9110. */
  static boolean token(byte b) {
    return TOKEN[b & 0xff];
  }

  HttpString name(byte[] bytes, int from, int end) {
    int hash = 0;
    for (int i = from; i < end; i++) {
      hash = hash * 31 + bytes[i];
    }
    int slot = (hash ^ hash >>> 8) & (SLOTS - 1);
    Known known = slots[slot];
    if (known == null || !known.is(bytes, from, end)) {
      known = new Known(Arrays.copyOfRange(bytes, from, end));
      slots[slot] = known;
    }
    return known.name;
  }
}
