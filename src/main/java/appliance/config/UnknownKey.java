package appliance.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What is said of a key that does not exist: the one that was meant, or where it belongs, or all there are. */
final class UnknownKey {

  /** So many letters of a key may be wrong, left out or too many. */
  private static final int SLIPS_MAX = 2;

  private static final int LETTERS_MIN = 4;

  /** Means another thing at the top of the file: the node, and no site. */
  private static final Set<String> NODES_OWN = Set.of("name");

  private UnknownKey() {}

  /** Of a key at the top of the file. */
  static String atTheTop(String key, List<String> known) {
    if (SiteRules.DEFAULT_SITE_KEYS.contains(key)) {
      return "no such key here: it belongs below default-site, or to one of the sites";
    }
    if (SiteSettings.KEYS.contains(key)) {
      return "no such key here: it belongs to one of the sites"
          + (key.equals("root") ? "; the default site's is called site" : "");
    }
    return among(key, known);
  }

  /** Of a key inside of {@code default-site}, of a site, or of a rule. */
  static String inside(String key, List<String> known) {
    boolean site = known.contains("hosts");
    if (site && key.equals("site")) {
      return "no such key here: a site's is called root";
    }
    if (known.equals(SiteRules.DEFAULT_SITE_KEYS) && key.equals("root")) {
      return "no such key here: it is called site, at the top of the file";
    }
    boolean rule = !site && !known.equals(SiteRules.DEFAULT_SITE_KEYS);
    return rule || NODES_OWN.contains(key) || Setting.of(key).isEmpty()
        ? among(key, known)
        : "no such key here: it is set at the top of the file, not indented";
  }

  private static String among(String key, List<String> known) {
    return "no such key; "
        + meant(key, known)
            .map(other -> "did you mean " + other + "?")
            .orElseGet(() -> "known are " + String.join(", ", known));
  }

  private static Optional<String> meant(String key, List<String> known) {
    String written = key.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    String plain = written.replace('_', '-').strip();
    return known.stream()
        .filter(other -> plain.length() >= LETTERS_MIN || plain.equals(other))
        .filter(other -> slips(plain, other) <= Math.min(SLIPS_MAX, plain.length() / 3))
        .min((a, b) -> Integer.compare(slips(plain, a), slips(plain, b)));
  }

  /** Levenshtein's distance. */
  private static int slips(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int kept = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(kept, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
