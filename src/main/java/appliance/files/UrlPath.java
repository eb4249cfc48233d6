package appliance.files;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A decoded URL path below a root, proven to name nothing outside of it: no empty, dot or over-long
 * segment, no control character, backslash or slash that is still encoded.
 *
 * @param segments the names from the root down; none for the root itself
 * @param folder whether the path ended in a slash
 */
record UrlPath(List<String> segments, boolean folder) {

  private static final int PATH_CHARS_MAX = 4096;
  private static final int SEGMENT_BYTES_MAX = 255;

  /** Empty for what cannot be the path of a file; {@code rest} is what follows the prefix. */
  static Optional<UrlPath> parse(String rest) {
    if (rest.isEmpty()) {
      return Optional.of(new UrlPath(List.of(), true));
    }
    if (rest.length() > PATH_CHARS_MAX) {
      return Optional.empty();
    }
    boolean folder = rest.endsWith("/");
    String names = folder ? rest.substring(0, rest.length() - 1) : rest;
    List<String> segments = List.of(names.split("/", -1));
    return segments.stream().allMatch(UrlPath::isName)
        ? Optional.of(new UrlPath(segments, folder))
        : Optional.empty();
  }

  private static boolean isName(String segment) {
    if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
      return false;
    }
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      if (c < ' ' || c == 0x7f || c == '\\' || c == '/') {
        return false;
      }
    }
    String lower = segment.toLowerCase(Locale.ROOT);
    return !lower.contains("%2f")
        && !lower.contains("%5c")
        && !lower.contains("%00")
        && !lower.contains("%2e")
        && segment.getBytes(StandardCharsets.UTF_8).length <= SEGMENT_BYTES_MAX;
  }

  String relative() {
    return String.join("/", segments);
  }

  /** This path as a folder's URL below {@code prefix}, encoded for a Location field. */
  String folderUrl(String prefix) {
    StringBuilder url = new StringBuilder();
    encode(prefix, url);
    for (String segment : segments) {
      encode(segment, url);
      url.append('/');
    }
    return url.toString();
  }

  private static void encode(String text, StringBuilder url) {
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (c < 0x80 && (Character.isLetterOrDigit(c) || "-._~/!$&'()*+,=:@".indexOf(c) >= 0)) {
        url.append(c);
      } else {
        url.append('%').append(String.format("%02X", (int) c));
      }
    }
  }
}
