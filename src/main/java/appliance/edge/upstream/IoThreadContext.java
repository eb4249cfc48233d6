package appliance.edge.upstream;

import appliance.buffer.AnswerMemory;
import appliance.edge.http.HeaderNames;
import appliance.edge.io.Clients;
import appliance.edge.io.Deadlines;
import appliance.edge.stats.EdgeStats;
import appliance.edge.stats.PoolStats;
import appliance.edge.write.HeldRequests;
import io.undertow.connector.ByteBufferPool;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioIoThread;

/** What one I/O thread has to itself: connections, deadlines, scratch space. Used on that thread only. */
public final class IoThreadContext {

  /** Holds any head: of a client's 60 KB at most, what a rewrite makes of it, and what is told besides. */
  private static final int HEAD_BYTES_MAX = 96 * 1024;

  public final XnioIoThread thread;
  public final UpstreamLimits limits;

  /** For bodies on their way; each holds 32 KB. */
  public final ByteBufferPool buffers;

  /** For answers whose clients are behind. */
  public final AnswerMemory memory;

  public final Deadlines deadlines;
  public final HeaderNames names = new HeaderNames();
  public final Clients clients = new Clients();

  /** For the head that is written or read at the moment. */
  public final byte[] scratch = new byte[HEAD_BYTES_MAX];

  /** For the head that is written at the moment, where the kernel takes it from. */
  public final ByteBuffer out = ByteBuffer.allocateDirect(HEAD_BYTES_MAX);

  final Optional<RelayTls> relayTls;

  private final PoolStats stats;
  private final IdentityHashMap<App, ConnectionPool> pools = new IdentityHashMap<>();

  /** Requests that wait for someone who may write. */
  public final HeldRequests held;

  /** Requests whose clients had gone. */
  public final LongAdder givenUp;

  private final Set<Upgraded> tunnels = new HashSet<>();
  private volatile int upgraded;
  private final Awaiting.All underWay = new Awaiting.All();

  IoThreadContext(
      XnioIoThread thread,
      UpstreamLimits limits,
      ByteBufferPool buffers,
      AnswerMemory memory,
      EdgeStats all,
      Optional<RelayTls> relayTls) {
    this.relayTls = relayTls;
    this.thread = thread;
    this.limits = limits;
    this.buffers = buffers;
    this.memory = memory;
    stats = all.pool;
    givenUp = all.givenUp;
    held = new HeldRequests(all.held);
    deadlines = new Deadlines(thread);
  }

  /** An upgraded connection, as long as it is open. */
  public interface Upgraded {

    boolean leadsTo(App app);

    /** Tells the client to connect anew. */
    void goAway();

    void close();
  }

  /** An upgraded connection is open. */
  public void opened(Upgraded tunnel) {
    tunnels.add(tunnel);
    upgraded = tunnels.size();
  }

  /** It is not, any more. */
  public void closed(Upgraded tunnel) {
    tunnels.remove(tunnel);
    upgraded = tunnels.size();
  }

  /** How many upgraded connections there are. Any thread. */
  int upgraded() {
    return upgraded;
  }

  /** A request has a connection, and no whole answer yet. */
  public void begun(Awaiting request) {
    underWay.add(request);
    if (!limits.total().isZero()) {
      deadlines.set(request.total(), limits.total().toNanos());
    }
  }

  /** It has its answer, or gets none. */
  public void ended(Awaiting request) {
    underWay.remove(request);
    deadlines.clear(request.total());
  }

  /** Made at its first use. */
  public ConnectionPool pool(App app) {
    ConnectionPool pool = pools.get(app);
    if (pool == null) {
      pool = new ConnectionPool(this, app, stats);
      if (app.retired()) {
        pool.retire();
      } else {
        pools.put(app, pool);
      }
    }
    return pool;
  }

  /** Tells the clients of upgraded connections to {@code app} to connect anew; null means all. */
  void goAway(@Nullable App app) {
    for (Upgraded tunnel : new ArrayList<>(tunnels)) {
      if (app == null || tunnel.leadsTo(app)) {
        tunnel.goAway();
      }
    }
  }

  /** Gives up what is under way to {@code app}, upgraded connections included. */
  void abandon(App app, String why) {
    underWay.copy().forEach(attempt -> attempt.abandon(app, why));
    new ArrayList<>(tunnels)
        .stream().filter(tunnel -> tunnel.leadsTo(app)).forEach(Upgraded::close);
  }

  /** Closes what is kept for {@code app}; what is in use ends by itself and is then closed. */
  void retire(App app) {
    for (App way : List.of(app, app.forWrites())) {
      ConnectionPool pool = pools.remove(way);
      if (pool != null) {
        pool.retire();
      }
    }
  }
}
