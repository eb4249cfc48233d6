package appliance.admin;

import appliance.model.HostPort;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import java.net.InetSocketAddress;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.xnio.Options;
import org.xnio.Sequence;

/**
 * The admin's own small server: one IO thread and four workers that start when needed, so that it
 * neither costs the public's listener anything nor can be starved by it.
 */
final class Listener implements AutoCloseable {

  static final int CONNECTIONS_MAX = 200;

  private static final int WORKERS = 4;
  private static final int BUFFER_BYTES = 4096;
  private static final int HEADER_BYTES_MAX = 16 * 1024;
  private static final int IDLE_MILLIS_MAX = 60_000;
  private static final int SILENCE_MILLIS_MAX = 20_000;
  private static final int CLOSE_MILLIS_MAX = 2000;

  private final Undertow server;

  /**
   * @throws RuntimeException if the port cannot be had, caused by a {@code BindException}
   */
  Listener(HostPort address, Optional<SSLContext> tls, HttpHandler handler) {
    Undertow.Builder builder = Undertow.builder()
        .setIoThreads(1)
        .setWorkerThreads(WORKERS)
        .setWorkerOption(Options.WORKER_TASK_CORE_THREADS, 1)
        .setWorkerOption(Options.WORKER_NAME, "admin")
        .setBufferSize(BUFFER_BYTES)
        .setDirectBuffers(false)
        .setHandler(handler);
    limit(builder);
    if (tls.isPresent()) {
      builder.addHttpsListener(address.port(), address.host(), tls.get());
    } else {
      builder.addHttpListener(address.port(), address.host());
    }
    server = builder.build();
    server.start();
  }

  private static void limit(Undertow.Builder builder) {
    builder
        .setSocketOption(Options.SSL_ENABLED_PROTOCOLS, Sequence.of("TLSv1.3", "TLSv1.2"))
        .setSocketOption(Options.CONNECTION_HIGH_WATER, CONNECTIONS_MAX)
        .setSocketOption(Options.CONNECTION_LOW_WATER, CONNECTIONS_MAX - 1)
        .setSocketOption(Options.READ_TIMEOUT, IDLE_MILLIS_MAX)
        .setSocketOption(Options.WRITE_TIMEOUT, SILENCE_MILLIS_MAX)
        .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, SILENCE_MILLIS_MAX)
        .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, IDLE_MILLIS_MAX)
        .setServerOption(UndertowOptions.MAX_HEADER_SIZE, HEADER_BYTES_MAX)
        .setServerOption(UndertowOptions.MAX_HEADERS, 64)
        .setServerOption(UndertowOptions.MAX_PARAMETERS, 16)
        .setServerOption(UndertowOptions.MAX_COOKIES, 32)
        .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, (long) Request.BODY_BYTES_MAX)
        .setServerOption(UndertowOptions.SHUTDOWN_TIMEOUT, CLOSE_MILLIS_MAX);
  }

  int port() {
    return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
  }

  @Override
  public void close() {
    server.stop();
  }
}
