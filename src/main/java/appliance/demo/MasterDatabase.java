package appliance.demo;

import java.net.URI;
import java.net.URISyntaxException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** The database that takes the writes: a MariaDB server, a user and a schema. */
public record MasterDatabase(String host, int port, String user, String password, String schema) {

  private static final int PORT_DEFAULT = 3306;
  private static final String FORM = "write mysql://user:password@host:port/schema";

  /**
   * Reads {@code mysql://user:password@host:port/schema}; the password may be left out.
   *
   * @throws IllegalArgumentException if it has another form; the message never holds the password
   */
  public static MasterDatabase parse(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      // Not passed on as the cause: its message repeats the URL with the password.
      throw new IllegalArgumentException("not a database URL: " + FORM);
    }
    boolean known = "mysql".equals(uri.getScheme()) || "mariadb".equals(uri.getScheme());
    String login = uri.getUserInfo();
    String path = uri.getPath();
    if (!known || uri.getHost() == null || login == null || path == null || path.length() < 2) {
      throw new IllegalArgumentException("not a database URL: " + FORM);
    }
    int colon = login.indexOf(':');
    return new MasterDatabase(
        uri.getHost(),
        uri.getPort() < 0 ? PORT_DEFAULT : uri.getPort(),
        colon < 0 ? login : login.substring(0, colon),
        colon < 0 ? "" : login.substring(colon + 1),
        path.substring(1));
  }

  public MasterDatabase withPassword(String other) {
    return new MasterDatabase(host, port, user, other, schema);
  }

  /** A new connection; gives up after 2 s, and on any statement after 10 s. */
  Connection open() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("connectTimeout", "2000");
    properties.setProperty("socketTimeout", "10000");
    return DriverManager.getConnection(
        "jdbc:mariadb://" + host + ":" + port + "/" + schema, properties);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "mysql://" + user + "@" + host + ":" + port + "/" + schema;
  }
}
