package appliance.replication;

import java.util.List;
import java.util.stream.Collectors;

/** Names written so that neither database takes them for anything else. */
final class SqlNames {

  private SqlNames() {}

  /** For MariaDB. */
  static String backquoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /** For H2. */
  static String quoted(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  static String quoted(String schema, String name) {
    return quoted(schema) + "." + quoted(name);
  }

  static String quotedList(List<String> names) {
    return names.stream().map(SqlNames::quoted).collect(Collectors.joining(", "));
  }
}
