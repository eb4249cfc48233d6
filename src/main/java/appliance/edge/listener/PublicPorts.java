package appliance.edge.listener;

import appliance.config.ClientsConfig;
import appliance.config.EdgeConfig;
import appliance.edge.client.ProxyProtocol;
import appliance.edge.client.Quotas;
import appliance.edge.client.RequestsPerConnection;
import appliance.edge.client.TrustedProxies;
import appliance.edge.hot.HotService;
import appliance.edge.io.Opener;
import appliance.edge.upstream.Threads;
import appliance.status.Section;
import io.undertow.server.HttpHandler;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.OptionMap;

/** The ports that the public is served on. */
public final class PublicPorts implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PublicPorts.class);

  private final EdgeConfig config;
  private final Quotas quotas;
  private final Optional<PublicTls> tls;
  private @Nullable HttpListener http;
  private @Nullable HttpListener https;
  private @Nullable TlsOpener tlsOpener;

  public PublicPorts(EdgeConfig config, Quotas quotas) {
    this.quotas = quotas;
    this.config = config;
    tls = config.https().map(PublicTls::new);
  }

  /**
   * Returns once connections are accepted.
   *
   * @param hot answers on plain connections what it can
   * @param leaving whether this node is to leave
   */
  public void start(Threads threads, Requests requests, HotService hot, BooleanSupplier leaving) {
    Opener opener = new PlainOpener(threads, options(), requests, Optional.of(hot));
    HttpListener plain =
        new HttpListener("http", config.http(), believing(quotas.connections(opener, true)));
    http = plain;
    plain.start(threads.worker);
    log.info("The public is served at http://{}", config.http().withPort(plain.port()));
    tls.ifPresent(secure -> start(secure, threads, requests, leaving));
  }

  private void start(
      PublicTls secure, Threads threads, Requests requests, BooleanSupplier leaving) {
    secure.start();
    TlsOpener opener = new TlsOpener(
        threads.buffers,
        options(),
        secure.context(),
        requests,
        new Http2Streams.End(leaving, config.clients().limits().requestsMax()));
    tlsOpener = opener;
    HttpListener listener = new HttpListener(
        "https", secure.config.address(), believing(quotas.connections(opener, false)));
    https = listener;
    listener.start(threads.worker);
    log.info(
        "The public is served at https://{}", secure.config.address().withPort(listener.port()));
  }

  private OptionMap options() {
    return ClientLimits.options(config.clients().limits());
  }

  private Opener believing(Opener opener) {
    ClientsConfig clients = config.clients();
    return clients.proxyProtocol() ? new ProxyProtocol(clients.trustedProxies(), opener) : opener;
  }

  /** What a request of the public passes before {@code next}, its form being checked. */
  public static HttpHandler chain(ClientsConfig clients, HttpHandler next) {
    HttpHandler believing = clients.trustedProxies().isEmpty()
        ? next
        : new TrustedProxies(clients.trustedProxies(), next);
    return RequestsPerConnection.before(clients.limits().requestsMax(), believing);
  }

  /** The port that is listened on; differs from the configured one only if that is 0. */
  public int http() {
    HttpListener now = http;
    return now == null ? config.http().port() : now.port();
  }

  /** The port of TLS; -1 if there is none. */
  public int https() {
    HttpListener now = https;
    return now == null ? -1 : now.port();
  }

  /** For the operator. */
  public void tell(Section.Builder section) {
    section.text("http", config.http().withPort(http()).toString());
    tls.ifPresent(secure -> secure.tell(section));
  }

  /** Tells the clients of HTTP/2, busy ones too, to connect anew; HTTP/1.1 has its answers for that. */
  public void goAway() {
    Optional.ofNullable(tlsOpener).ifPresent(TlsOpener::goAway);
  }

  /** Closes the ports; connections go on. */
  public void stopAccepting() {
    Optional.ofNullable(http).ifPresent(HttpListener::stopAccepting);
    Optional.ofNullable(https).ifPresent(HttpListener::stopAccepting);
  }

  @Override
  public void close() {
    Optional.ofNullable(http).ifPresent(HttpListener::closeConnections);
    Optional.ofNullable(https).ifPresent(HttpListener::closeConnections);
    tls.ifPresent(PublicTls::close);
  }
}
