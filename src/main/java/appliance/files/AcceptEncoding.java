package appliance.files;

import java.util.List;
import java.util.Locale;

/** The weights that a request gives to content codings (RFC 9110, 12.5.3). */
final class AcceptEncoding {

  private AcceptEncoding() {}

  /** The weight of {@code coding} in thousandths; 0 where it is refused or not named. */
  static int weight(List<String> lines, String coding) {
    int wildcard = 0;
    int named = -1;
    for (String line : lines) {
      for (String element : line.split(",", -1)) {
        int semicolon = element.indexOf(';');
        String name = semicolon < 0 ? element : element.substring(0, semicolon);
        name = name.strip().toLowerCase(Locale.ROOT);
        if (name.equals(coding) || name.equals("x-" + coding)) {
          named = Math.max(named, quality(element, semicolon));
        } else if (name.equals("*")) {
          wildcard = quality(element, semicolon);
        }
      }
    }
    return named >= 0 ? named : wildcard;
  }

  /** Whether the file as it is was given a weight of its own, and which; else -1. */
  static int identityWeight(List<String> lines) {
    boolean named =
        lines.stream().anyMatch(line -> line.toLowerCase(Locale.ROOT).contains("identity"));
    return named ? weight(lines, "identity") : -1;
  }

  /** Without a weight 1; with a malformed one 0, since the client meant to lower it. */
  private static int quality(String element, int semicolon) {
    if (semicolon < 0) {
      return 1000;
    }
    String parameter = element.substring(semicolon + 1).strip().toLowerCase(Locale.ROOT);
    if (!parameter.matches("q=(0(\\.\\d{0,3})?|1(\\.0{0,3})?)")) {
      return 0;
    }
    String digits = (parameter.substring(2) + "000").replace(".", "");
    return Integer.parseInt(digits.substring(0, 4));
  }
}
