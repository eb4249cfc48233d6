package appliance.edge.proxy;

import appliance.edge.http.ResponseHead;
import appliance.edge.http.StrictReads;
import appliance.edge.http.Upgrade;
import appliance.edge.http.WebSocketFrames;
import appliance.edge.io.Deadlines.Deadline;
import appliance.edge.upstream.App;
import appliance.edge.upstream.HttpConnection;
import appliance.edge.upstream.IoThreadContext;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/** An upgraded connection: bytes both ways until both sides have ended or one of them breaks. */
final class Tunnel implements HttpConnection.User, IoThreadContext.Upgraded {

  private static final Logger log = LoggerFactory.getLogger(Tunnel.class);

  /** For the client's answer to our goodbye to reach the application. */
  private static final long GOODBYE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final IoThreadContext context;
  private final App app;
  private final List<App> counted;
  private final HttpConnection application;
  private final byte[] early;
  private final Deadline idle = new Deadline(this::close);
  private final AtomicBoolean closed = new AtomicBoolean();
  private @Nullable StreamConnection client;
  private @Nullable Pipe up;
  private @Nullable Pipe down;
  private boolean leaving;

  /**
   * @param counted those that it is under way to
   * @param early what the application sent right behind its head
   */
  Tunnel(
      IoThreadContext context,
      App app,
      List<App> counted,
      HttpConnection application,
      ByteBuffer early) {
    this.context = context;
    this.app = app;
    this.counted = counted;
    this.application = application;
    this.early = new byte[early.remaining()];
    early.get(this.early);
    application.use(this);
    application.source().suspendReads();
    counted.forEach(one -> one.active.incrementAndGet());
    context.opened(this);
    context.deadlines.set(idle, context.limits.tunnelIdle().toNanos());
  }

  /** Its client's side is the connection of {@code exchange}, once that has ended with what the application said. */
  void joins(HttpServerExchange exchange, ResponseHead said) {
    StrictReads.end(exchange);
    exchange.upgradeChannel((upgraded, unused) -> open(upgraded));
    Upgrade.copy(said, exchange.getResponseHeaders());
  }

  private void open(StreamConnection upgraded) {
    client = upgraded;
    up = new Pipe(context, upgraded.getSourceChannel(), application.sink());
    down = new Pipe(context, application.source(), upgraded.getSinkChannel());
    upgraded.setCloseListener(gone -> close());
    upgraded.getSourceChannel().setReadListener(source -> move());
    upgraded.getSinkChannel().setWriteListener(sink -> move());
    try {
      down.begin(ByteBuffer.wrap(early));
      upgraded.getSourceChannel().wakeupReads();
      move();
    } catch (IOException e) {
      broke(e);
    }
  }

  /** The application's node, or this one, is to leave: the client shall connect anew. */
  @Override
  public void goAway() {
    if (!leaving) {
      leaving = true;
      move();
    }
  }

  @Override
  public boolean leadsTo(App other) {
    return app == other || app == other.forWrites();
  }

  @Override
  public void readable() {
    move();
  }

  @Override
  public void writable() {
    move();
  }

  private void move() {
    Pipe one = up;
    Pipe other = down;
    if (one == null || other == null || closed.get()) {
      return;
    }
    context.deadlines.set(idle, context.limits.tunnelIdle().toNanos());
    try {
      one.move();
      other.move();
      if (leaving && other.last(WebSocketFrames.goingAway())) {
        context.deadlines.set(idle, GOODBYE_NANOS);
      }
    } catch (IOException e) {
      broke(e);
      return;
    }
    if (one.ended() && other.ended()) {
      close();
    }
  }

  private void broke(IOException e) {
    log.debug("An upgraded connection to {} broke", app.where(), e);
    close();
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    context.deadlines.clear(idle);
    counted.forEach(one -> one.active.decrementAndGet());
    context.closed(this);
    IoUtils.safeClose(client);
    application.close();
    if (up != null && down != null) {
      up.release();
      down.release();
    }
  }
}
