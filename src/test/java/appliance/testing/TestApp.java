package appliance.testing;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.server.handlers.PathHandler;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.websockets.WebSocketConnectionCallback;
import io.undertow.websockets.WebSocketProtocolHandshakeHandler;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * An application behind a node: tells its name, counts what it answered, and can be slow, unhealthy or
 * gone. {@code POST /upload} answers with length and SHA-256 of the body, {@code /echo} is a WebSocket, {@code
 * /events} a stream without end.
 */
public final class TestApp implements AutoCloseable {

  public static final String HEALTH_PATH = "/healthz";
  public static final String NAME_HEADER = "X-App";

  private static final int EVENT_MILLIS = 100;
  private static final HttpString NAME = new HttpString(NAME_HEADER);

  private final String name;
  private final int port = Ports.free();
  private final LongAdder answered = new LongAdder();
  private volatile boolean healthy = true;
  private volatile long delayMillis;
  private @Nullable Undertow server;

  public TestApp(String name) {
    this.name = name;
  }

  /** Starts it, again if it was stopped before, on the same port. */
  public TestApp start() {
    HttpHandler paths = new PathHandler(new BlockingHandler(this::tellName))
        .addExactPath(HEALTH_PATH, this::tellHealth)
        .addExactPath("/upload", new BlockingHandler(this::measure))
        .addExactPath("/events", new BlockingHandler(this::tellAgainAndAgain))
        .addExactPath("/echo", new WebSocketProtocolHandshakeHandler(echo()));
    Undertow started = Undertow.builder()
        .addHttpListener(port, "127.0.0.1")
        .setIoThreads(1)
        .setWorkerThreads(32)
        .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, 1L << 30)
        .setHandler(paths)
        .build();
    started.start();
    server = started;
    return this;
  }

  private WebSocketConnectionCallback echo() {
    return (exchange, channel) -> {
      channel.getReceiveSetter().set(new Echo());
      channel.resumeReceives();
    };
  }

  public String name() {
    return name;
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** How many requests it has answered, health checks apart. */
  public long answered() {
    return answered.sum();
  }

  public void healthy(boolean now) {
    healthy = now;
  }

  /** Lets every further answer take this long. */
  public void delay(long millis) {
    delayMillis = millis;
  }

  private void tellAgainAndAgain(HttpServerExchange exchange) throws Exception {
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/event-stream");
    byte[] event = ("data: " + name + "\n\n").getBytes(StandardCharsets.UTF_8);
    while (true) {
      exchange.getOutputStream().write(event);
      exchange.getOutputStream().flush();
      Thread.sleep(EVENT_MILLIS);
    }
  }

  private void tellHealth(HttpServerExchange exchange) {
    exchange.setStatusCode(healthy ? 200 : 503);
    exchange.getResponseSender().send(healthy ? "ok" : "told to be unhealthy");
  }

  private void tellName(HttpServerExchange exchange) throws InterruptedException {
    if (delayMillis > 0) {
      Thread.sleep(delayMillis);
    }
    answered.increment();
    exchange.getResponseHeaders().put(NAME, name).put(Headers.CONTENT_TYPE, "text/plain");
    exchange.getResponseSender().send(name + "\n");
  }

  private void measure(HttpServerExchange exchange) throws Exception {
    answered.increment();
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    long length = 0;
    byte[] buffer = new byte[1 << 16];
    InputStream body = exchange.getInputStream();
    for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
      digest.update(buffer, 0, n);
      length += n;
    }
    exchange.getResponseHeaders().put(NAME, name);
    exchange.getResponseSender().send(length + " " + HexFormat.of().formatHex(digest.digest()));
  }

  /** Sends each text back with the app's name before it. */
  private final class Echo extends AbstractReceiveListener {
    @Override
    protected void onFullTextMessage(WebSocketChannel channel, BufferedTextMessage message) {
      WebSockets.sendText(name + ": " + message.getData(), channel, null);
    }
  }

  /** Ends it as a crash would: the port is closed at once. */
  @Override
  public void close() {
    if (server != null) {
      server.stop();
      server = null;
    }
  }
}
