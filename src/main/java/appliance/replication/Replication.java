package appliance.replication;

import appliance.config.DatabaseConfig;
import appliance.model.GtidPosition;
import appliance.model.NodeId;
import appliance.model.ReplicaProgress;
import appliance.runtime.ExitCode;
import appliance.runtime.Loop;
import appliance.runtime.Service;
import appliance.runtime.StartFailure;
import appliance.status.Family;
import appliance.status.Sample;
import appliance.status.Section;
import appliance.status.Source;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a copy of one schema of the master database in {@code data/replica}, and serves it to programs
 * of this machine over JDBC; the URL is in {@code data/replica.jdbc}.
 *
 * <p>A thread of its own does the replication, a loop beside it measures the lag and watches the
 * stream. A master that is unreachable or set up wrongly does not keep the node from starting: the
 * status says why, and it is tried again.
 */
public final class Replication implements Service {

  private static final Logger log = LoggerFactory.getLogger(Replication.class);

  private static final Duration WATCH_PERIOD = Duration.ofSeconds(1);
  private static final long JOIN_MILLIS = 20_000;

  /** So young must the master's word be for a replica to count as level with it. */
  private static final long LEVEL_NANOS_MAX = 2_000_000_000L;

  private static final long SERVER_ID_BASE = 0x4000_0000L;

  private final Path data;
  private final int jdbcPort;
  private final Master master;
  private final long serverId;
  private final Progress progress = new Progress(System::nanoTime);
  private final Cancellation cancellation = new Cancellation();
  private final LagMeter lag;
  private @Nullable ReplicaFile file;
  private @Nullable ReplicaStore store;
  private volatile @Nullable Replicator replicator;
  private @Nullable Thread thread;
  private @Nullable Loop watch;
  private @Nullable ReaderAccount account;
  private volatile @Nullable ReplicaServer server;

  /**
   * Prepares, without touching disk or network.
   *
   * @param data the node's data folder
   * @param jdbcPort of 127.0.0.1, where local programs read
   * @param self gives the binlog server id, which must differ between all replicas of a master
   */
  public Replication(DatabaseConfig config, Path data, int jdbcPort, NodeId self) {
    ReplicaServer.onlyOnLoopback();
    this.data = data;
    this.jdbcPort = jdbcPort;
    master = new Master(config);
    serverId = SERVER_ID_BASE + (self.value().hashCode() & 0x3FFF_FFFFL);
    lag = new LagMeter(master, System::nanoTime);
  }

  /**
   * Opens the replica for readers and begins to follow the master; does not wait for it.
   *
   * @throws StartFailure if the port is taken or the data folder cannot be used
   */
  @Override
  public void start() {
    ReplicaFile opened = ReplicaFile.open(data.resolve("replica"));
    file = opened;
    try {
      ReplicaStore readable = new ReplicaStore(opened, master.config().schema());
      store = readable;
      server = new ReplicaServer(
          opened, jdbcPort, master.config().schema(), data.resolve("replica.jdbc"));
      ReaderAccount readers = new ReaderAccount(opened);
      account = readers;
      follow(new Replicator(master, serverId, readable, progress, cancellation), readers);
    } catch (SQLException e) {
      close();
      throw new StartFailure(
          ExitCode.DATA_FOLDER,
          "The replica in " + opened.folder() + " cannot be used: " + e.getMessage()
              + ". Delete that folder, and a new snapshot will be taken",
          e);
    } catch (StartFailure e) {
      close();
      throw e;
    }
  }

  private void follow(Replicator follower, ReaderAccount readers) {
    replicator = follower;
    Thread replication = new Thread(follower, "replication");
    replication.setDaemon(true);
    thread = replication;
    replication.start();
    Loop loop = new Loop("replication-watch", 10);
    watch = loop;
    loop.every(WATCH_PERIOD, () -> {
      readers.check();
      BinlogStream stream = follower.stream();
      if (stream != null) {
        stream.cutIfSilent();
        lag.ask(progress.position());
      }
    });
  }

  /** Whether the replica has, since the start, once had all that the master had. */
  public boolean caughtUp() {
    return progress.caughtUp();
  }

  /**
   * Whether the replica has stopped, or has not reached its master for 10 s on end; the status says
   * what to do.
   */
  public boolean failed() {
    return progress.failed();
  }

  /** Whether the site has a table, or this start has brought rows: an empty table is someone's, too. */
  public boolean hasContent() {
    return progress.tables() || progress.rows() > 0 || progress.copiedRows() > 0;
  }

  /** How far the replica is, for those who choose among replicas. */
  public ReplicaProgress progress() {
    GtidPosition position = progress.position();
    ReplicaProgress.State state = switch (progress.status().state()) {
      case RUNNING ->
        lag.level(position, LEVEL_NANOS_MAX)
            ? ReplicaProgress.State.LEVEL
            : ReplicaProgress.State.FOLLOWING;
      case SNAPSHOT -> ReplicaProgress.State.FOLLOWING;
      case STOPPED -> ReplicaProgress.State.STOPPED;
      case CONNECTING, CLOSED -> ReplicaProgress.State.CUT_OFF;
    };
    return new ReplicaProgress(state, position);
  }

  /**
   * Has the replica copied anew, beside the present one, which readers keep until then.
   *
   * @throws IllegalStateException if this has not been started
   */
  public void rebuild() {
    Replicator follower = replicator;
    if (follower == null) {
      throw new IllegalStateException("the replica has not been started yet");
    }
    follower.rebuild();
  }

  /** The section {@code database}. */
  public Source source() {
    return new Source() {
      @Override
      public Section read() {
        return section();
      }

      @Override
      public List<Family> families() {
        return Replication.this.families();
      }
    };
  }

  /** {@code appliance_database_state}: 1 for the state that the replica is in, 0 for the others. */
  private List<Family> families() {
    Progress.State now = progress.status().state();
    List<Sample> samples = Arrays.stream(Progress.State.values())
        .<Sample>map(state -> new Sample.Value(
            Map.of("state", state.name().toLowerCase(Locale.ROOT)), state == now ? 1 : 0))
        .toList();
    return List.of(new Family(
        "database_state", "1 for the state that the replica is in", Family.Kind.GAUGE, samples));
  }

  private Section section() {
    Progress.Status status = progress.status();
    GtidPosition position = progress.position();
    ReplicaServer readable = server;
    return Section.builder()
        .text("engine", "h2")
        .text("master", master.config().toString())
        .text("position", position.toString())
        .gauge("lagMillis", lag.lagMillis(position))
        .text("state", status.state().name())
        .text("reason", status.trouble())
        .counter("transactionsApplied", progress.transactions())
        .counter("rowsApplied", progress.rows())
        .counter("rowsArrived", progress.arrivedRows())
        .counter("rowsCopied", progress.copiedRows())
        .text("jdbcUrl", readable == null ? "" : readable.url())
        .build();
  }

  @Override
  public void close() {
    cancellation.cancel();
    try {
      if (account != null) {
        account.close(); // before the loop is interrupted
      }
    } catch (SQLException e) {
      log.debug("The replica ends in a moment", e);
    }
    if (watch != null) {
      watch.close();
    }
    join();
    lag.close();
    if (server != null) {
      server.close();
    }
    try {
      if (store != null) {
        store.close();
      }
      if (file != null) {
        file.shutdown();
      }
    } catch (SQLException e) {
      log.warn("The replica did not close in order: {}", e.getMessage());
    }
  }

  private void join() {
    if (thread == null) {
      return;
    }
    try {
      thread.join(JOIN_MILLIS);
      if (thread.isAlive()) {
        log.warn("The replication thread did not end within {} ms", JOIN_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
