package appliance.replication;

import appliance.config.DatabaseConfig;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a server is set up so that nothing of it can be lost on the way to a replica. */
final class Preflight {

  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\.");

  /** The after-image holds what changed, the before-image the whole row. */
  private static final Set<String> ROW_IMAGES = Set.of("FULL", "FULL_NODUP");

  private Preflight() {}

  /**
   * Checks the server behind {@code master}.
   *
   * @throws Refused naming everything that is in the way, each with its fix
   */
  static void check(Connection master, DatabaseConfig config) throws SQLException {
    version(Master.text(master, "SELECT VERSION()"), config);
    List<String> problems = new ArrayList<>();
    settings(master, problems);
    boolean mayLook = problems.isEmpty();
    privileges(master, config, problems);
    if (mayLook && problems.isEmpty()) {
      completeness(master, config.schema(), problems);
    }
    if (!problems.isEmpty()) {
      throw new Refused(config.server() + ": " + String.join("; ", problems));
    }
  }

  private static void version(String version, DatabaseConfig config) {
    if (!version.contains("MariaDB")) {
      throw new Refused(config.server() + " is MySQL " + version
          + ", which is not supported. Use MariaDB 10.6 or newer");
    }
    Matcher matcher = VERSION.matcher(version.replaceFirst("^5\\.5\\.5-", ""));
    if (!matcher.find()
        || Integer.parseInt(matcher.group(1)) * 100 + Integer.parseInt(matcher.group(2)) < 1006) {
      throw new Refused(
          config.server() + " is MariaDB " + version + ". Upgrade it to 10.6 or newer");
    }
  }

  private static void settings(Connection master, List<String> problems) throws SQLException {
    if (!on(master, "log_bin")) {
      problems.add("its binary log is off. Put log_bin, binlog_format=ROW and a server_id of its"
          + " own under [mariadbd] in its configuration and restart it");
      return;
    }
    String format = variable(master, "binlog_format");
    if (!format.equals("ROW")) {
      problems.add("binlog_format is " + format + ", which does not log all changes as rows. Run"
          + " SET GLOBAL binlog_format=ROW, set it in the configuration, and reconnect the"
          + " applications");
    }
    String image = variable(master, "binlog_row_image");
    if (!ROW_IMAGES.contains(image)) {
      problems.add("binlog_row_image is " + image + ". Run SET GLOBAL binlog_row_image=FULL, set"
          + " it in the configuration, and reconnect the applications");
    }
    if (on(master, "log_bin_compress")) {
      problems.add("log_bin_compress is on, and compressed events cannot be read. Run SET GLOBAL"
          + " log_bin_compress=OFF and set it in the configuration");
    }
  }

  /** Whether all changes of the schema come into this binlog; asks what only a sufficient account may. */
  private static void completeness(Connection master, String schema, List<String> problems)
      throws SQLException {
    try (Statement statement = master.createStatement();
        ResultSet row = statement.executeQuery("SHOW BINLOG STATUS")) {
      boolean there = row.next();
      String only = there ? String.valueOf(row.getString("Binlog_Do_DB")) : "";
      String without = there ? String.valueOf(row.getString("Binlog_Ignore_DB")) : "";
      if (!only.isEmpty() && !names(only).contains(schema)) {
        problems.add("binlog_do_db leaves out the changes of " + schema + ": it names " + only
            + ". Take it out of the configuration and restart it");
      }
      if (names(without).contains(schema)) {
        problems.add("binlog_ignore_db leaves out the changes of " + schema
            + ". Take it out of the configuration and restart it");
      }
    }
    String galera = "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_VARIABLES"
        + " WHERE VARIABLE_NAME = 'WSREP_ON'"; // not every server has it
    boolean getsOthers = !variable(master, "gtid_slave_pos").isEmpty()
        || Master.text(master, galera).equals("ON");
    if (getsOthers && !on(master, "log_slave_updates")) {
      problems.add(
          "log_slave_updates is off, so what it gets from other servers is not in its binlog."
              + " Put log_slave_updates under [mariadbd] in its configuration and restart it. If it was"
              + " a replica and is none any more, run STOP SLAVE; RESET SLAVE ALL;"
              + " SET GLOBAL gtid_slave_pos='' instead");
    }
  }

  private static List<String> names(String list) {
    return List.of(list.split(","));
  }

  private static boolean on(Connection master, String name) throws SQLException {
    return variable(master, name).matches("ON|1");
  }

  private static String variable(Connection master, String name) throws SQLException {
    return Master.text(master, "SELECT @@GLOBAL." + name);
  }

  private static void privileges(Connection master, DatabaseConfig config, List<String> problems)
      throws SQLException {
    List<String> grants = new ArrayList<>();
    try (Statement statement = master.createStatement();
        ResultSet row = statement.executeQuery("SHOW GRANTS")) {
      while (row.next()) {
        grants.add(row.getString(1));
      }
    }
    List<String> missing = new Privileges(grants).missing(config.schema());
    if (!missing.isEmpty()) {
      String[] account = Master.text(master, "SELECT CURRENT_USER()").split("@", 2);
      String user = "'" + account[0] + "'@'" + (account.length > 1 ? account[1] : "%") + "'";
      problems.add("user " + user + " lacks " + String.join(", ", missing)
          + ". Run: GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO " + user
          + "; GRANT SELECT, LOCK TABLES ON " + SqlNames.backquoted(config.schema()) + ".* TO "
          + user);
    }
  }
}
