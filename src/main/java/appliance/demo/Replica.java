package appliance.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The node's own copy of the database. Where it is stands in a file that the node writes; both may
 * appear, change and vanish while the guestbook runs.
 */
final class Replica implements AutoCloseable {

  private final Optional<Path> file;
  private @Nullable Known known;

  Replica(Optional<Path> file) {
    this.file = file;
  }

  private record Known(String url, ConnectionPool pool) {}

  /** Runs {@code work} on the replica as it stands now. */
  <T> T use(ConnectionPool.Work<T> work) throws SQLException {
    return pool(url()).use(work);
  }

  private String url() throws SQLException {
    if (file.isEmpty()) {
      throw new SQLNonTransientConnectionException("no --replica-file was given");
    }
    try {
      String url = Files.readString(file.get()).lines().findFirst().orElse("").strip();
      if (!url.startsWith("jdbc:")) {
        throw new SQLNonTransientConnectionException(file.get() + " holds no JDBC URL");
      }
      return url;
    } catch (NoSuchFileException e) {
      throw new SQLNonTransientConnectionException(file.get() + " is not there yet", e);
    } catch (IOException e) {
      throw new SQLNonTransientConnectionException(file.get() + " cannot be read", e);
    }
  }

  private synchronized ConnectionPool pool(String url) {
    if (known == null || !known.url().equals(url)) {
      close();
      known = new Known(url, new ConnectionPool(() -> DriverManager.getConnection(url)));
    }
    return known.pool();
  }

  @Override
  public synchronized void close() {
    if (known != null) {
      known.pool().close();
      known = null;
    }
  }
}
