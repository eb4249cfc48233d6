package appliance.replication;

import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import appliance.trust.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.h2.api.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The H2 database file of the replica, its owner, and its reader. */
final class ReplicaFile {

  static final String READER = "READER";

  /** Names that MariaDB takes unquoted and H2 would not. */
  static final String NON_KEYWORDS = "DAY,HOUR,KEY,MINUTE,MONTH,SECOND,USER,VALUE,YEAR,INTERVAL,"
      + "OFFSET,GROUPS,END,ROWNUM,SYSDATE,TODAY,SYMMETRIC,ASYMMETRIC,ARRAY,ANY,SOME,UNKNOWN,MINUS,"
      + "QUALIFY,LOCALTIME,LOCALTIMESTAMP,SYSTEM_USER,SESSION_USER";

  private static final Logger log = LoggerFactory.getLogger(ReplicaFile.class);

  private static final String OWNER = "OWNER";

  /** Kept over starts: programs hold the URL for longer than one. */
  private static final String READER_PASSWORD = "reader.password";

  private static final Pattern PASSWORD = Pattern.compile("[0-9a-f]{32}");
  private static final int CACHE_KILOBYTES = 8_192;
  private static final int LOCK_TIMEOUT_MILLIS = 5_000;

  /**
   * What was replaced is overwritten after this time at the earliest. It must have reached the disk by
   * then, or a power failure leaves neither: ReplicaStore forces it there twice in that time. H2's own
   * 45 s would make the file many times as large as its rows.
   */
  private static final int RETENTION_MILLIS = 1_000;

  /** Without so much the file may not open, whole as it may be. */
  private static final long ROOM_BYTES = 1 << 20;

  private final Path folder;
  private final String readerPassword;
  private final String ownerPassword;

  private ReplicaFile(Path folder) throws IOException {
    this.folder = folder;
    ownerPassword = password(folder.resolve("owner.password"));
    readerPassword = password(folder.resolve(READER_PASSWORD));
  }

  /**
   * Opens the file in {@code folder}, made if it is not there. One that is damaged is deleted: all in
   * it can be had from the master again.
   *
   * @throws StartFailure if another process has it, or the folder cannot be written
   */
  static ReplicaFile open(Path folder) {
    ReplicaServer.onlyOnLoopback();
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(folder.resolve("replica.trace.db")); // of versions that wrote one
      try {
        return prepared(folder);
      } catch (SQLException e) {
        if (e.getErrorCode() == ErrorCode.DATABASE_ALREADY_OPEN_1) {
          throw new StartFailure(
              ExitCode.DATA_FOLDER, "Another process uses " + folder + ". Stop it first", e);
        }
        if (isFull(folder)) {
          throw new StartFailure(
              ExitCode.DATA_FOLDER,
              "The replica in " + folder + " cannot be opened: its disk is full. Free some space",
              e);
        }
        log.warn(
            "The replica in {} cannot be read ({}); deleting it, a new snapshot will be taken",
            folder,
            e.getMessage());
        delete(folder);
        return prepared(folder);
      }
    } catch (IOException | SQLException e) {
      throw new StartFailure(
          ExitCode.DATA_FOLDER,
          "Cannot make the replica in " + folder + ": " + e.getMessage()
              + ". Check the folder's owner and the free space",
          e);
    }
  }

  /** H2 writes when it opens a file, and then calls a whole one unreadable. */
  private static boolean isFull(Path folder) throws IOException {
    return Files.getFileStore(folder).getUsableSpace() < ROOM_BYTES;
  }

  private static ReplicaFile prepared(Path folder) throws IOException, SQLException {
    ReplicaFile file = new ReplicaFile(folder);
    try (Connection connection = file.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET DB_CLOSE_DELAY -1");
      statement.execute("SET RETENTION_TIME " + RETENTION_MILLIS);
      statement.execute("CREATE USER IF NOT EXISTS " + READER + " PASSWORD ''");
      file.setReaderPassword(connection);
    }
    return file;
  }

  void setReaderPassword(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("ALTER USER " + READER + " SET PASSWORD '" + readerPassword + "'");
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.endsWith(READER_PASSWORD)) {
          Files.delete(file);
        }
      }
    }
  }

  Path folder() {
    return folder;
  }

  String readerPassword() {
    return readerPassword;
  }

  Connection connect() throws SQLException {
    Properties owner = new Properties();
    owner.setProperty("user", OWNER);
    owner.setProperty("password", ownerPassword);
    String url = "jdbc:h2:file:" + folder.toAbsolutePath().resolve("replica")
        + ";MODE=MariaDB;DATABASE_TO_UPPER=FALSE;CASE_INSENSITIVE_IDENTIFIERS=TRUE"
        + ";DB_CLOSE_ON_EXIT=FALSE;CACHE_SIZE=" + CACHE_KILOBYTES
        + ";LOCK_TIMEOUT=" + LOCK_TIMEOUT_MILLIS
        // Else each failed login of a reader makes replica.trace.db longer.
        + ";TRACE_LEVEL_FILE=0"
        // No background writer: it takes the tables one after the other while rows are applied, and
        // after a kill the row may be there and its position not. ReplicaStore writes and compacts
        // by
        // itself. (SELECT ... FOR UPDATE by a reader writes its locks on the reader's own thread,
        // and
        // could in theory make H2 write there, too: one more reason why readers must not use it.)
        + ";WRITE_DELAY=0";
    Connection connection = new org.h2.Driver().connect(url, owner);
    if (connection == null) {
      throw new IllegalStateException("H2 does not know " + url);
    }
    return connection;
  }

  /** Writes all and lets the file go; sessions still open are ended. */
  void shutdown() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SHUTDOWN");
    }
  }

  /** What {@code file} holds, for as long as it is whole. */
  private static String password(Path file) throws IOException {
    if (Files.exists(file)) {
      PrivateFile.own(file);
      String known = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
      if (PASSWORD.matcher(known).matches()) {
        return known;
      }
    }
    String made = random();
    writeSecret(file, made);
    return made;
  }

  /** Writes {@code text} so that only this user reads it, and nobody ever reads half of it. */
  static void writeSecret(Path file, String text) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    Path written = Files.createTempFile(
        parent,
        "." + file.getFileName(),
        ".tmp",
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(written, text + "\n");
      Files.move(
          written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(written); // of a disk that is full, at each start
    }
  }

  private static String random() {
    byte[] bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
