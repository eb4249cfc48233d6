package appliance.files;

import java.util.List;

/** Compares a representation's entity tag with those of a request (RFC 9110, 8.8.3). */
final class EntityTag {

  private EntityTag() {}

  /**
   * Whether a field of the form {@code * / #entity-tag} matches. What is malformed matches nothing.
   *
   * @param lines the field's lines
   * @param weak whether a weak tag in the request counts (If-None-Match) or not (If-Match)
   */
  static boolean anyMatches(List<String> lines, String tag, boolean weak) {
    return lines.stream().anyMatch(line -> lineMatches(line, tag, weak));
  }

  private static boolean lineMatches(String line, String tag, boolean weak) {
    if (line.strip().equals("*")) {
      return true;
    }
    int at = 0;
    while (at < line.length()) {
      char c = line.charAt(at);
      if (c == ' ' || c == '\t' || c == ',') {
        at++;
        continue;
      }
      boolean isWeak = line.startsWith("W/", at);
      int open = isWeak ? at + 2 : at;
      int close =
          open < line.length() && line.charAt(open) == '"' ? line.indexOf('"', open + 1) : -1;
      if (close < 0) {
        return false;
      }
      if ((weak || !isWeak) && line.substring(open, close + 1).equals(tag)) {
        return true;
      }
      at = close + 1;
    }
    return false;
  }
}
