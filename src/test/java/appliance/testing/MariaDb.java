package appliance.testing;

import appliance.config.DatabaseConfig;
import appliance.model.HostPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real MariaDB of its own on 127.0.0.1, in a temporary folder: the system's {@code mariadbd}, else
 * the one unpacked below {@code target/mariadb}. Row binlog on, GTIDs begin at nothing; root has no
 * password. Deleted on close.
 */
public final class MariaDb implements AutoCloseable {

  private static final long START_MILLIS = 120_000;
  private static final String LOG_SIZE = "--innodb-log-file-size=16M";

  private final Path folder;
  private final int port;
  private final List<String> options;
  private @Nullable Process process;

  private MariaDb(Path folder, int port, List<String> options) {
    this.folder = folder;
    this.port = port;
    this.options = options;
  }

  /** Starts a server; {@code options} as on its command line, after and so above the defaults. */
  public static MariaDb start(String... options) {
    try {
      Path folder = Files.createTempDirectory("mariadb-");
      MariaDb server = new MariaDb(folder, Ports.free(), List.of(options));
      Folders.copy(Installed.DATA, server.data());
      server.startAgain();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The parent of the folder with the program: what it was built with may be another. */
  private static String base() {
    Path server = program("mariadbd").toAbsolutePath();
    return "--basedir=" + server.resolve("../..").normalize();
  }

  /** The program, or a clear word that it is missing. */
  private static Path program(String name) {
    Path unpacked = Path.of(System.getProperty("project.directory", "."), "target", "mariadb");
    List<Path> places = List.of(
        Path.of("/usr/sbin", name),
        Path.of("/usr/bin", name),
        Path.of("/usr/local/bin", name),
        unpacked.resolve("bin").resolve(name),
        unpacked.resolve("scripts").resolve(name));
    return places.stream()
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(
            "These tests need MariaDB, and " + name + " is in none of " + places
                + ". Run scripts/test, which installs it, or: apt-get install mariadb-server"));
  }

  /** A server that starts takes away what others have there: temporary tables that they are using. */
  private static void keepTemporariesIn(Path folder, ProcessBuilder builder) throws IOException {
    builder.environment().put("TMPDIR", Files.createDirectories(folder).toString());
  }

  private Path data() {
    return folder.resolve("data");
  }

  /** A copy is there in a fraction of the time that a new one takes. */
  private static final class Installed {
    private static final Path DATA = install();

    private static Path install() {
      try {
        Path folder = Files.createTempDirectory("mariadb-installed-");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Folders.delete(folder)));
        Path data = folder.resolve("data");
        run(
            folder.resolve("install.log"),
            program("mariadb-install-db").toString(),
            "--no-defaults",
            "--force", // the machine need not be able to look up its own name
            base(),
            "--datadir=" + data,
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            LOG_SIZE,
            "--innodb-flush-method=nosync",
            "--user=" + System.getProperty("user.name"));
        return data;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void run(Path log, String... command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    keepTemporariesIn(log.resolveSibling("tmp"), builder);
    Process install = builder.start();
    try {
      if (!install.waitFor(4, TimeUnit.MINUTES) || install.exitValue() != 0) {
        throw new IllegalStateException(command[0] + " failed: " + Files.readString(log));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts the server again on the same port and data, after {@link #stop} or {@link #kill}. */
  public void startAgain() {
    List<String> command = new ArrayList<>(List.of(
        program("mariadbd").toString(),
        "--no-defaults",
        base(),
        "--user=" + System.getProperty("user.name"),
        "--datadir=" + data(),
        "--port=" + port,
        "--bind-address=127.0.0.1",
        "--socket=" + folder.resolve("socket"),
        "--pid-file=" + folder.resolve("pid"),
        "--log-bin=binlog",
        "--binlog-format=ROW",
        "--server-id=1",
        "--character-set-server=utf8mb4",
        "--innodb-buffer-pool-size=32M",
        "--innodb-flush-log-at-trx-commit=2",
        LOG_SIZE,
        "--skip-name-resolve"));
    command.addAll(options);
    try {
      ProcessBuilder builder = new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(
              ProcessBuilder.Redirect.appendTo(folder.resolve("server.log").toFile()));
      keepTemporariesIn(folder.resolve("tmp"), builder);
      process = builder.start();
      awaitReady();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady() throws IOException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS);
    while (true) {
      try {
        connect("").close();
        return;
      } catch (SQLException e) {
        boolean dead = process == null || !process.isAlive();
        if (dead || System.nanoTime() - deadline > 0) {
          throw new IllegalStateException(
              "mariadbd did not start: " + Files.readString(folder.resolve("server.log")), e);
        }
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public int port() {
    return port;
  }

  /** How a node reaches {@code schema}, as root. */
  public DatabaseConfig config(String schema) {
    return new DatabaseConfig(new HostPort("127.0.0.1", port), "root", "", schema);
  }

  /** A root session in {@code schema}, or in none if that is empty. */
  public Connection connect(String schema) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:mariadb://127.0.0.1:" + port + "/" + schema
            + "?allowMultiQueries=true&tinyInt1isBit=false&yearIsDateType=false&connectTimeout=30000"
            + "&jdbcCompliantTruncation=false",
        "root",
        "");
  }

  /** Runs statements as root, each in one session without a schema. */
  public void execute(String... statements) {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first column of the first row. */
  public String text(String query) {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ends the server in order. */
  public void stop() {
    end(false);
  }

  /** Ends the server as a power loss of its process would. */
  public void kill() {
    end(true);
  }

  private void end(boolean forcibly) {
    Process running = process;
    process = null;
    if (running == null) {
      return;
    }
    if (forcibly) {
      running.destroyForcibly();
    } else {
      running.destroy();
    }
    try {
      if (!running.waitFor(30, TimeUnit.SECONDS)) {
        running.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    end(true);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
