package appliance.replication;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What an account may do, from the lines of SHOW GRANTS, which include those of its roles. */
final class Privileges {

  private static final Pattern GRANT =
      Pattern.compile("GRANT (.+?) ON (\\*|`(?:[^`]|``)+`)\\.(\\*|`(?:[^`]|``)+`) TO .*");

  private final List<Matcher> grants;

  Privileges(List<String> lines) {
    grants = lines.stream().map(GRANT::matcher).filter(Matcher::matches).toList();
  }

  /** What is missing to copy and to follow {@code schema}. */
  List<String> missing(String schema) {
    List<String> missing = new ArrayList<>();
    Set<String> global = granted("*", true);
    if (!global.contains("REPLICATION SLAVE")) {
      missing.add("REPLICATION SLAVE");
    }
    if (!global.contains("BINLOG MONITOR") && !global.contains("REPLICATION CLIENT")) {
      missing.add("BINLOG MONITOR");
    }
    if (!granted(schema, false).contains("SELECT")) {
      missing.add("SELECT on " + SqlNames.backquoted(schema) + ".*");
    }
    return missing;
  }

  private Set<String> granted(String schema, boolean globalOnly) {
    return grants.stream()
        .filter(grant -> grant.group(3).equals("*"))
        .filter(
            grant -> grant.group(2).equals("*") || (!globalOnly && matches(grant.group(2), schema)))
        .flatMap(grant -> Arrays.stream(grant.group(1).split(",")))
        .map(privilege -> privilege.strip().toUpperCase(Locale.ROOT))
        .flatMap(privilege -> privilege.startsWith("ALL")
            ? List.of("REPLICATION SLAVE", "BINLOG MONITOR", "SELECT").stream()
            : List.of(privilege).stream())
        .collect(Collectors.toSet());
  }

  /** A schema in a grant is a LIKE pattern. */
  private static boolean matches(String backquoted, String schema) {
    String pattern = backquoted.substring(1, backquoted.length() - 1).replace("``", "`");
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\' && i + 1 < pattern.length()) {
        regex.append(Pattern.quote(String.valueOf(pattern.charAt(++i))));
      } else if (c == '%') {
        regex.append(".*");
      } else {
        regex.append(c == '_' ? "." : Pattern.quote(String.valueOf(c)));
      }
    }
    return schema.matches(regex.toString());
  }
}
