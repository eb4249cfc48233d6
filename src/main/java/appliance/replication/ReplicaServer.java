package appliance.replication;

import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.h2.engine.SysProperties;
import org.h2.tools.Server;

/** Serves the replica to programs of this machine: H2's TCP server on 127.0.0.1, for one reader. */
final class ReplicaServer implements AutoCloseable {

  private static final String LOOPBACK = "127.0.0.1";

  private final Server server;
  private final String url;

  /** To be called before any class of H2 is used: it reads this once, and listens on all addresses without. */
  static void onlyOnLoopback() {
    System.setProperty("h2.bindAddress", LOOPBACK);
  }

  /**
   * Starts listening and writes the reader's JDBC URL to {@code urlFile}.
   *
   * @throws StartFailure if the port is taken
   */
  ReplicaServer(ReplicaFile file, int port, String schema, Path urlFile) {
    if (!LOOPBACK.equals(SysProperties.BIND_ADDRESS)) {
      throw new IllegalStateException("H2 was loaded too early: strangers could reach the replica");
    }
    try {
      server = Server.createTcpServer(
              "-tcpPort",
              String.valueOf(port),
              "-ifExists",
              "-tcpDaemon",
              "-baseDir",
              file.folder().toAbsolutePath().toString())
          .start();
    } catch (SQLException e) {
      throw new StartFailure(
          ExitCode.PORT_TAKEN,
          "Port " + port + " of " + LOOPBACK
              + ", for readers of the replica, is taken. Choose another"
              + " --port, or end the program that has it",
          e);
    }
    url = "jdbc:h2:tcp://127.0.0.1:" + port + "/./replica;SCHEMA=" + SqlNames.quoted(schema)
        + ";NON_KEYWORDS=" + ReplicaFile.NON_KEYWORDS;
    try {
      ReplicaFile.writeSecret(
          urlFile, url + ";USER=" + ReplicaFile.READER + ";PASSWORD=" + file.readerPassword());
    } catch (IOException e) {
      server.stop();
      throw new StartFailure(
          ExitCode.DATA_FOLDER, "Cannot write " + urlFile + ": " + e.getMessage(), e);
    }
  }

  /** Without user and password. */
  String url() {
    return url;
  }

  @Override
  public void close() {
    server.stop();
  }
}
