package appliance.edge.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import org.jspecify.annotations.Nullable;

/** Finds one cookie, by RFC 6265, without reading all the others. */
public final class Cookies {

  private Cookies() {}

  /** The first value of the cookie {@code name} in a request; null if there is none. */
  public static @Nullable String of(HeaderMap headers, String name) {
    HeaderValues lines = headers.get(Headers.COOKIE);
    for (int i = 0; lines != null && i < lines.size(); i++) {
      String value = in(lines.get(i), name);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  private static @Nullable String in(String line, String name) {
    int from = 0;
    while (from < line.length()) {
      int semicolon = line.indexOf(';', from);
      int end = semicolon < 0 ? line.length() : semicolon;
      while (from < end && line.charAt(from) == ' ') {
        from++;
      }
      int value = from + name.length();
      if (value < end && line.charAt(value) == '=' && line.startsWith(name, from)) {
        return line.substring(value + 1, end).strip();
      }
      from = end + 1;
    }
    return null;
  }

  /** The line by which an answer sets the cookie {@code name}, the last one if it is several; null if none does. */
  public static @Nullable String set(HeaderMap headers, String name) {
    HeaderValues lines = headers.get(Headers.SET_COOKIE);
    for (int i = lines == null ? -1 : lines.size() - 1; lines != null && i >= 0; i--) {
      String line = lines.get(i);
      if (line.length() > name.length()
          && line.startsWith(name)
          && line.charAt(name.length()) == '=') {
        return line;
      }
    }
    return null;
  }
}
