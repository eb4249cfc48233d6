package appliance.replication;

import java.util.List;

/**
 * A key of a replicated table.
 *
 * @param whole whether it holds whole columns and not only their first characters
 */
record IndexDefinition(String name, boolean unique, boolean whole, List<String> columns) {

  static final String PRIMARY = "PRIMARY";

  IndexDefinition {
    columns = List.copyOf(columns);
  }

  boolean primary() {
    return name.equals(PRIMARY);
  }
}
