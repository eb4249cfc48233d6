package appliance.replication;

import appliance.config.DatabaseConfig;
import appliance.model.GtidPosition;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;

/** Opens SQL sessions on the master, and says in the operator's words why one cannot be had. */
final class Master {

  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

  /** Longer than any pause of a healthy server while rows stream, shorter than an operator waits. */
  private static final int READ_TIMEOUT_MILLIS = 120_000;

  /** Our sessions give way to the master's own work, and two of them to each other, and try again. */
  private static final int LOCK_WAIT_SECONDS = 3;

  /** The server's error number for "Access denied for user ... to database ...". */
  static final int SCHEMA_DENIED = 1044;

  private final DatabaseConfig config;

  Master(DatabaseConfig config) {
    this.config = config;
  }

  DatabaseConfig config() {
    return config;
  }

  /**
   * A session with the schema as its default, in UTC.
   *
   * @throws Refused if the server does not take us
   */
  Connection connect() {
    Properties properties = new Properties();
    properties.setProperty("user", config.user());
    properties.setProperty("password", config.password());
    properties.setProperty("connectTimeout", String.valueOf(CONNECT_TIMEOUT_MILLIS));
    properties.setProperty("socketTimeout", String.valueOf(READ_TIMEOUT_MILLIS));
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("allowLocalInfile", "false");
    properties.setProperty("tinyInt1isBit", "false");
    properties.setProperty("yearIsDateType", "false");
    properties.setProperty(
        "sessionVariables",
        "time_zone='+00:00',sql_mode='',net_write_timeout=600,lock_wait_timeout="
            + LOCK_WAIT_SECONDS);
    String url = "jdbc:mariadb://" + config.server() + "/" + config.schema();
    try {
      Connection connection = new org.mariadb.jdbc.Driver().connect(url, properties);
      if (connection == null) {
        throw new IllegalStateException("the driver does not know " + url);
      }
      return connection;
    } catch (SQLException e) {
      throw new Refused(reason(e), e);
    }
  }

  private String reason(SQLException e) {
    return switch (e.getErrorCode()) {
      case 1045 ->
        config.server() + " refuses user " + config.user()
            + ": the password or the user is wrong, or may not come from this host. Correct"
            + " --database, or run on it: CREATE USER or ALTER USER ... IDENTIFIED BY ...";
      case SCHEMA_DENIED ->
        "user " + config.user() + " may not use schema " + config.schema() + " on "
            + config.server() + ". Run on it: GRANT SELECT ON `" + config.schema() + "`.* TO "
            + config.user();
      case 1049 ->
        config.server() + " has no schema " + config.schema()
            + ". Create it, or correct the name behind the slash of --database";
      case 1130 ->
        config.server() + " takes no connection from this host. Create the user for"
            + " this host's address";
      default ->
        "cannot reach " + config.server() + ": " + message(e)
            + ". Check that MariaDB runs, listens on that address and is not cut off";
    };
  }

  /** Only tables that are not InnoDB are locked, so that only a copy of these needs this privilege. */
  Refused mayNotLock(List<String> tables, SQLException cause) {
    return new Refused(
        "user " + config.user() + " may not lock the tables of " + config.schema()
            + " that are not InnoDB (" + String.join(", ", tables) + "). Run on " + config.server()
            + ": GRANT LOCK TABLES ON " + SqlNames.backquoted(config.schema()) + ".* TO "
            + config.user() + "; or make them InnoDB",
        cause);
  }

  /** The driver's message without its connection id. */
  static String message(SQLException e) {
    String message = String.valueOf(e.getMessage());
    return message.replaceFirst("^\\(conn=\\d+\\) ", "").lines().findFirst().orElse("");
  }

  /** The server's position now: the last transaction of each domain in its binlog. */
  static GtidPosition position(Connection master) throws SQLException {
    return GtidPosition.parse(text(master, "SELECT @@GLOBAL.gtid_binlog_pos"));
  }

  /** The first column of the first row, empty if there is none. */
  static String text(Connection master, String query) throws SQLException {
    try (Statement statement = master.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      String value = row.next() ? row.getString(1) : null;
      return value == null ? "" : value;
    }
  }
}
