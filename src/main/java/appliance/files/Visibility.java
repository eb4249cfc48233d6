package appliance.files;

import java.util.List;
import java.util.Locale;

/** Whether a path may be shown at all, by its names alone. */
enum Visibility {
  /** An ordinary file. */
  SHOWN,
  /** A program's source: run by an application or by nobody, and never shown. */
  SCRIPT,
  /** Never shown: hidden by a leading dot, or dropped by an editor, a backup or a dump. */
  HIDDEN;

  /** RFC 8615: the one name with a leading dot that is public, at the top of a site. */
  private static final String WELL_KNOWN = ".well-known";

  /** Besides those of php itself: what Drupal and its kin call theirs. */
  private static final List<String> SCRIPTS = List.of(
      ".phtml", ".phar", ".pht", ".inc", ".module", ".install", ".profile", ".engine", ".theme");

  private static final List<String> DROPPINGS = List.of(
      "~",
      "#",
      ".bak",
      ".backup",
      ".old",
      ".orig",
      ".rej",
      ".save",
      ".swp",
      ".swo",
      ".swn",
      ".tmp",
      ".part",
      ".sql",
      ".sql.gz",
      ".sql.bz2",
      ".sql.xz",
      ".sql.zst",
      ".sql.zip",
      ".dump",
      ".sqlite",
      ".sqlite3");

  static Visibility of(List<String> segments) {
    Visibility worst = SHOWN;
    for (int i = 0; i < segments.size(); i++) {
      Visibility one = of(segments.get(i).toLowerCase(Locale.ROOT), i == 0);
      worst = one.compareTo(worst) > 0 ? one : worst;
    }
    return worst;
  }

  private static Visibility of(String name, boolean first) {
    if (name.startsWith(".") && !(first && name.equals(WELL_KNOWN))) {
      return HIDDEN;
    }
    if (DROPPINGS.stream().anyMatch(name::endsWith)) {
      return HIDDEN;
    }
    boolean script = name.contains(".php") || SCRIPTS.stream().anyMatch(name::endsWith);
    return script ? SCRIPT : SHOWN;
  }
}
