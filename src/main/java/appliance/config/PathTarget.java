package appliance.config;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Where a redirect or a rewrite leads: a path, or an URL with scheme and host, in which {@code $1} to
 * {@code $9} stand for parts of the path that was asked for. They are encoded, and so name no other host
 * and no other parameter.
 */
public record PathTarget(String text) {

  private static final int CHARS_MAX = 2000;
  private static final String UNRESERVED = "-._~";
  private static final String IN_PATHS = "/!&'()*+,;=:@";

  /**
   * @param groups that there are
   * @throws IllegalArgumentException with what is wrong
   */
  static PathTarget parse(String text, int groups, boolean elsewhere) {
    boolean url = elsewhere && text.matches("https?://[A-Za-z0-9.:\\[\\]-]+(/.*)?");
    if (!url && (!text.startsWith("/") || text.startsWith("//"))) {
      throw new IllegalArgumentException("no path");
    }
    if (text.length() > CHARS_MAX || !text.matches("[!-~&&[^\"<>\\\\^`{|}]]+")) {
      throw new IllegalArgumentException("not plain: encode what is special");
    }
    for (int dollar = text.indexOf('$'); dollar >= 0; dollar = text.indexOf('$', dollar + 1)) {
      char next = dollar + 1 < text.length() ? text.charAt(dollar + 1) : ' ';
      if (next < '1' || next > '0' + groups) {
        throw new IllegalArgumentException("there is no part $" + next);
      }
    }
    return new PathTarget(text);
  }

  /** Whether it leads to a path of the same host. */
  boolean isPath() {
    return text.startsWith("/");
  }

  /** The host that it leads to, in lower case; empty if it is a path. */
  String host() {
    return isPath() ? "" : text.replaceFirst("https?://([^/:]+).*", "$1").toLowerCase(Locale.ROOT);
  }

  /** A path that it may lead to. */
  String samplePath(int groups) {
    String[] parts = new String[groups];
    Arrays.fill(parts, "x");
    String path = with(parts).replaceFirst("^https?://[^/]*", "").replaceFirst("\\?.*", "");
    return path.isEmpty() ? "/" : path;
  }

  public boolean hasQuery() {
    return text.indexOf('?') >= 0;
  }

  /** With {@code parts} of a decoded path put in. */
  public String with(String[] parts) {
    StringBuilder to = new StringBuilder();
    boolean query = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      query |= c == '?';
      if (c == '$') {
        i++;
        encode(parts[text.charAt(i) - '1'], query, to);
      } else {
        to.append(c);
      }
    }
    // Two slashes at the beginning would name another host.
    return isPath() ? to.toString().replaceFirst("^/+", "/") : to.toString();
  }

  /** RFC 3986; a slash that came encoded stays so. */
  private static void encode(String part, boolean query, StringBuilder to) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      char c = (char) (bytes[i] & 0xff);
      boolean slash =
          c == '%' && i + 2 < bytes.length && bytes[i + 1] == '2' && (bytes[i + 2] | 0x20) == 'f';
      boolean plain = (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || UNRESERVED.indexOf(c) >= 0
          || (!query && IN_PATHS.indexOf(c) >= 0);
      if (plain || slash) {
        to.append(c);
      } else {
        to.append('%').append(String.format(Locale.ROOT, "%02X", (int) c));
      }
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
