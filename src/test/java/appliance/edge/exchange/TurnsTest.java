package appliance.edge.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.edge.RawClient;
import appliance.edge.stats.EdgeStats;
import appliance.edge.upstream.App;
import appliance.edge.upstream.ConnectionPool;
import appliance.edge.upstream.Failure;
import appliance.edge.upstream.HttpConnection;
import appliance.edge.upstream.IoThreadContext;
import appliance.edge.upstream.IoThreadContexts;
import appliance.edge.upstream.Reach;
import appliance.edge.upstream.Threads;
import appliance.edge.upstream.UpstreamLimits;
import appliance.model.NodeId;
import appliance.testing.LogLines;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.SameThreadExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;

/** A client that sends without end, and whoever takes it all at once, leave the thread to others, too. */
final class TurnsTest {

  private final IoThreadContexts contexts = new IoThreadContexts(1);
  private final Threads threads =
      new Threads(contexts, UpstreamLimits.DEFAULTS, new EdgeStats(), Optional.empty());
  private final CompletableFuture<String> told = new CompletableFuture<>();

  private static final class Endless extends AbstractStreamSourceConduit<StreamSourceConduit> {

    Endless(StreamSourceConduit next) {
      super(next);
    }

    @Override
    public int read(ByteBuffer to) {
      int count = to.remaining();
      to.position(to.limit());
      return count;
    }
  }

  private static final class Abyss extends AbstractStreamSinkConduit<StreamSinkConduit> {

    Abyss(StreamSinkConduit next) {
      super(next);
    }

    @Override
    public int write(ByteBuffer from) {
      int count = from.remaining();
      from.position(from.limit());
      return count;
    }
  }

  @AfterEach
  void end() {
    threads.close();
  }

  private String toldBy(BiConsumer<HttpServerExchange, IoThreadContext> handler) throws Exception {
    Undertow server = Undertow.builder()
        .setWorker(threads.worker)
        .addHttpListener(0, "127.0.0.1")
        .setHandler(exchange -> {
          exchange.addRequestWrapper((factory, of) -> new Endless(factory.create()));
          exchange.dispatch(
              SameThreadExecutor.INSTANCE, () -> handler.accept(exchange, contexts.of(exchange)));
        })
        .build();
    server.start();
    int port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
    try (RawClient client = new RawClient(port)) {
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n");
      return told.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void a_body_that_both_sides_are_ready_for_is_not_sent_in_one_go() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      URI url = URI.create("http://127.0.0.1:" + socket.getLocalPort());
      App app = App.among(
          NodeId.random(), url, new Reach(Reach.hostPort(url).socketAddress(), Reach.Way.DIRECT));
      String wait =
          toldBy((exchange, context) -> context.pool(app).take(pumping(exchange, context), 0));
      assertEquals("OTHERS", wait);
    }
  }

  private ConnectionPool.Taker pumping(HttpServerExchange exchange, IoThreadContext context) {
    return new ConnectionPool.Taker() {
      @Override
      public void connected(HttpConnection to) {
        to.sink().setConduit(new Abyss(to.sink().getConduit()));
        RequestBody body = new RequestBody(exchange, context);
        try {
          told.complete(body.pump(to).name());
        } catch (java.io.IOException e) {
          told.completeExceptionally(e);
        }
        body.release();
        to.close();
        Ending.abort(exchange);
      }

      @Override
      public void refused(Failure failure) {
        told.complete(failure.message());
      }
    };
  }

  @Test
  void a_body_that_nobody_wants_is_not_read_in_one_go() throws Exception {
    String turn = toldBy((exchange, context) -> {
      Ending.page(new RequestBody(exchange, context), 404, "not here");
      context.thread.execute(() -> told.complete("others have their turn"));
    });
    assertEquals("others have their turn", turn);
  }

  @Test
  void a_thread_that_ends_says_nothing_of_a_body_that_still_comes() throws Exception {
    try (LogLines lines = LogLines.of("org.xnio")) {
      toldBy((exchange, context) -> {
        Ending.page(new RequestBody(exchange, context), 404, "not here");
        told.complete("it is read away, turn by turn");
      });
      threads.close();
      assertEquals(List.of(), lines.warnings());
    }
  }
}
