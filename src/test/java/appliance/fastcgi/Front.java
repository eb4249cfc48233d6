package appliance.fastcgi;

import appliance.model.Caller;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.xnio.IoUtils;
import org.xnio.Options;

/** A server that hands everything to one {@link FastCgi}, and a client for it. */
final class Front implements AutoCloseable {

  /** Small, so that a client that reads nothing is noticed soon. */
  private static final int SEND_BYTES = 4096;

  final FastCgi fastCgi;
  final List<String> unsent = new CopyOnWriteArrayList<>();
  private final int port;
  private final Undertow server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  Front(FastCgiConfig config) {
    this(config, 2);
  }

  /** Each of the {@code threads} keeps connections of its own. */
  Front(FastCgiConfig config, int threads) {
    this(new FastCgi(config), threads);
  }

  Front(FastCgi fastCgi, int threads) {
    this.fastCgi = fastCgi;
    server = Undertow.builder()
        .addHttpListener(0, "127.0.0.1")
        .setIoThreads(threads)
        .setWorkerThreads(2)
        .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L)
        .setSocketOption(Options.SEND_BUFFER, SEND_BYTES)
        .setHandler(exchange -> fastCgi.handle(exchange, new Told(exchange)))
        .build();
    server.start();
    port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
  }

  /** Answers as it is told. */
  private final class Told implements Caller {

    private final HttpServerExchange exchange;

    Told(HttpServerExchange exchange) {
      this.exchange = exchange;
    }

    @Override
    public int port() {
      return exchange.getHostPort();
    }

    @Override
    public void begun() {}

    @Override
    public void unsent(Unsent kind, String why) {
      unsent.add(kind + ": " + why);
      exchange.setStatusCode(503).endExchange();
    }

    @Override
    public void failed(int status, String words) {
      exchange.setStatusCode(status);
      exchange.getResponseSender().send(words);
    }

    @Override
    public void given() {}

    @Override
    public void brokenOff(End how, String why) {
      breakOff();
    }

    /** By a reset: where the connection's end is the answer's a client would take it for one. */
    private void breakOff() {
      try {
        exchange.getConnection().setOption(Options.CLOSE_ABORT, true);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      IoUtils.safeClose(exchange.getConnection());
      exchange.endExchange();
    }

    @Override
    public void clientFailed(int status, String words) {
      failed(status, words);
    }

    @Override
    public void clientLost(String why) {
      if (!exchange.isComplete()) {
        breakOff();
      }
    }

    @Override
    public void answered() {
      exchange.endExchange();
    }

    @Override
    public int bodyRefused() {
      return 0;
    }

    @Override
    public boolean mayAnswer() {
      return true;
    }

    @Override
    public void whenItMay(Runnable goOn) {
      goOn.run();
    }
  }

  int port() {
    return port;
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(60));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  HttpResponse<String> get(String path) throws IOException {
    return send(request(path));
  }

  String body(String path) throws IOException {
    return get(path).body();
  }

  Socket socket() throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(60_000);
    return socket;
  }

  /** Sends {@code request} as it is and reads up to the connection's end, which may be a reset. */
  String raw(String request) throws IOException {
    try (Socket socket = socket()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      StringBuilder text = new StringBuilder();
      BufferedReader reader = new BufferedReader(
          new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      for (int c = read(reader); c >= 0; c = read(reader)) {
        text.append((char) c);
      }
      return text.toString();
    }
  }

  private static int read(BufferedReader from) throws IOException {
    try {
      return from.read();
    } catch (SocketException reset) {
      return -1;
    }
  }

  long status(String field) {
    Object value = fastCgi.status().json().get(field);
    return value instanceof Number number ? number.longValue() : -1;
  }

  @Override
  public void close() {
    fastCgi.close();
    server.stop();
  }
}
