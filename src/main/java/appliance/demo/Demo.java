package appliance.demo;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.handlers.BlockingHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The guestbook as a program: its pools, its pages and its listener. Undertow owns the threads. */
public final class Demo implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Demo.class);
  private static final int REQUEST_MILLIS_MAX = 30_000;

  private final DemoConfig config;
  private final Guestbook guestbook;
  private final Undertow server;

  public Demo(DemoConfig config) {
    this(config, config.master()::open);
  }

  Demo(DemoConfig config, ConnectionPool.Opener master) {
    this.config = config;
    guestbook =
        new Guestbook(config.node(), new ConnectionPool(master), new Replica(config.replicaFile()));
    Pages pages = new Pages(config.node(), config.mediaPath());
    EntryForm form =
        new EntryForm(new Pictures(config.media()), Path.of(System.getProperty("java.io.tmpdir")));
    Site site = new Site(config.node(), guestbook, pages, form, style());
    server = Undertow.builder()
        .addHttpListener(config.port(), InetAddress.getLoopbackAddress().getHostAddress())
        .setIoThreads(1)
        .setWorkerThreads(2 * ConnectionPool.CONNECTIONS_MAX)
        .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, EntryForm.REQUEST_BYTES_MAX)
        .setServerOption(UndertowOptions.MULTIPART_MAX_ENTITY_SIZE, EntryForm.REQUEST_BYTES_MAX)
        .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, REQUEST_MILLIS_MAX)
        .setHandler(new BlockingHandler(site))
        .build();
  }

  private static String style() {
    try (InputStream css = Demo.class.getResourceAsStream("guestbook.css")) {
      return new String(Objects.requireNonNull(css).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns when the guestbook listens; the database may come later.
   *
   * @throws RuntimeException if the port is taken; its cause is the {@link java.net.BindException}
   */
  public void start() {
    guestbook.prepare();
    server.start();
    log.info(
        "The guestbook of {} listens on http://{}, writes to {}, keeps pictures in {}",
        config.node(),
        url(),
        config.master(),
        config.media());
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
  }

  private String url() {
    return address().getAddress().getHostAddress() + ":" + address().getPort();
  }

  /** Ends the listener first, so that no request meets a closed pool. */
  @Override
  public void close() {
    server.stop();
    guestbook.close();
  }
}
