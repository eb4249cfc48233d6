package appliance.replication;

import appliance.config.DatabaseConfig;
import appliance.model.GtidPosition;
import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.deserialization.ByteArrayEventDataDeserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import com.github.shyiko.mysql.binlog.network.protocol.PacketChannel;
import com.github.shyiko.mysql.binlog.network.protocol.command.DumpBinaryLogCommand;
import com.github.shyiko.mysql.binlog.network.protocol.command.QueryCommand;
import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that streams the master's binlog from a position of ours. It never reconnects by
 * itself, does not count positions, and ends at the first event that its handler does not take.
 *
 * <p>Events are handled on the thread that runs the stream; TCP holds the master back meanwhile.
 */
final class BinlogStream {

  private static final Logger log = LoggerFactory.getLogger(BinlogStream.class);

  /** Held, so that its level stays: the library tells java.util.logging of every connection. */
  private static final java.util.logging.Logger LIBRARY =
      java.util.logging.Logger.getLogger(Client.class.getName());

  static final long HEARTBEAT_MILLIS = 2_000;
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

  /** So that the master does not give up on us while a large table is copied anew. */
  private static final int MASTER_PATIENCE_SECONDS = 3_600;

  /** Takes events one by one. */
  interface Handler {
    void handle(Event event) throws SQLException;
  }

  private final Client client;
  private final Handler handler;
  private volatile boolean handling;
  private volatile long quietSince = System.nanoTime();
  private volatile @Nullable Throwable failure;

  BinlogStream(DatabaseConfig config, long serverId, GtidPosition from, Handler handler) {
    LIBRARY.setLevel(java.util.logging.Level.OFF);
    this.handler = handler;
    client = new Client(config, from);
    client.setServerId(serverId);
    client.setKeepAlive(false);
    client.setUseSendAnnotateRowsEvent(false);
    client.setHeartbeatInterval(HEARTBEAT_MILLIS);
    client.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
    client.setNetWriteTimeout(MASTER_PATIENCE_SECONDS);
    client.setEventDeserializer(rawRows());
    client.registerEventListener(this::handle);
    client.registerLifecycleListener(new Failures());
  }

  private static EventDeserializer rawRows() {
    EventDeserializer deserializer = new EventDeserializer();
    for (EventType type : EventType.values()) {
      if (EventType.isRowMutation(type)) {
        deserializer.setEventDataDeserializer(type, new ByteArrayEventDataDeserializer());
      }
    }
    return deserializer;
  }

  /** Streams until the connection ends; always throws the reason. */
  void run() throws IOException, SQLException {
    IOException refused = null;
    try {
      client.connect();
    } catch (IOException e) {
      refused = e;
    }
    Throwable cause = failure;
    if (cause instanceof RuntimeException e) {
      throw e;
    } else if (cause instanceof SQLException e) {
      throw e;
    } else if (cause instanceof Error e) {
      throw e;
    } else if (cause instanceof IOException e) {
      throw e;
    }
    throw refused == null ? new IOException("the connection ended") : refused;
  }

  /** Ends the connection, from any thread. */
  void cut() {
    client.cut();
  }

  /** Ends the connection if the master has been silent for longer than its heartbeats allow. */
  void cutIfSilent() {
    if (!handling && System.nanoTime() - quietSince > SILENCE_NANOS) {
      log.warn("The master's stream is silent; connecting anew");
      client.cut();
    }
  }

  private void handle(Event event) {
    if (failure != null) {
      return;
    }
    handling = true;
    try {
      handler.handle(event);
    } catch (SQLException | RuntimeException | Error e) {
      // The library would log it and go on with the next event.
      failure = e;
      client.cut();
    } finally {
      quietSince = System.nanoTime();
      handling = false;
    }
  }

  /** The library tells of failures and goes on; here the first one ends the stream. */
  private final class Failures extends BinaryLogClient.AbstractLifecycleListener {

    @Override
    public void onEventDeserializationFailure(BinaryLogClient source, Exception e) {
      fail(new UnsupportedChange("an event of the binlog cannot be read: " + e.getMessage(), e));
    }

    @Override
    public void onCommunicationFailure(BinaryLogClient source, Exception e) {
      fail(e);
    }

    private void fail(Exception e) {
      if (failure == null) {
        failure = e;
      }
      client.cut();
    }
  }

  /** Asks for the stream from our own position, strictly. */
  private static final class Client extends BinaryLogClient {

    private final GtidPosition from;
    private volatile boolean ended;

    private Client(DatabaseConfig config, GtidPosition from) {
      super(config.server().host(), config.server().port(), config.user(), config.password());
      this.from = from;
      setBinlogFilename(""); // no file: the position is a GTID's
    }

    @Override
    protected void requestBinaryLogStreamMaria(long serverId) throws IOException {
      command("SET @mariadb_slave_capability=4");
      command("SET @slave_connect_state='" + from + "'");
      command("SET @slave_gtid_strict_mode=1");
      command("SET @slave_gtid_ignore_duplicates=0");
      channel.write(new DumpBinaryLogCommand(serverId, "", 0, false));
    }

    private void command(String sql) throws IOException {
      if (ended) {
        throw new IOException("the stream was ended");
      }
      channel.write(new QueryCommand(sql));
      checkError(channel.read());
    }

    private void cut() {
      ended = true;
      PacketChannel open = channel;
      if (open != null) {
        try {
          open.close();
        } catch (IOException e) {
          log.debug("A stream did not close", e);
        }
      }
    }
  }
}
