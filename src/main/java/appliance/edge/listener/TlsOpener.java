package appliance.edge.listener;

import appliance.edge.http.StrictReads;
import appliance.edge.io.LazyReads;
import appliance.edge.io.Opener;
import appliance.edge.io.TlsReads;
import appliance.edge.tls.TlsRules;
import appliance.runtime.UnlessEnding;
import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Sequence;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioExecutor;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.ssl.SslConnection;

/**
 * TLS, and inside of it HTTP/2 or HTTP/1.1 as the client chooses by ALPN (RFC 7301). From its opening
 * to the first byte of a request a connection has a deadline.
 */
final class TlsOpener implements Opener {

  private static final Logger log = LoggerFactory.getLogger(TlsOpener.class);

  /** A record of 16 KB and what TLS adds to it. */
  private static final int RECORD_BYTES = 17 * 1024;

  private static final int RECORDS_KEPT_MAX = 256;
  private static final int RECORDS_PER_THREAD = 4;

  private static final String HTTP2 = "h2";
  private static final String HTTP1 = "http/1.1";

  private static final OptionMap TLS = OptionMap.builder()
      .set(Options.SSL_ENABLED_PROTOCOLS, Sequence.of(TlsRules.PROTOCOLS))
      .set(Options.SSL_ENABLED_CIPHER_SUITES, Sequence.of(TlsRules.CIPHER_SUITES))
      .set(UndertowOptions.SSL_USER_CIPHER_SUITES_ORDER, true)
      .getMap();

  private final ByteBufferPool buffers;
  private final int handshakeMillisMax;
  private final long bodyBytesMax;
  private final UndertowXnioSsl tls;
  private final Requests requests;
  private final HttpOpenListener http1;
  private final Http2Opener http2;

  /** The deadlines of handshakes under way, by connection. */
  private final Map<StreamConnection, XnioExecutor.Key> handshakes = new ConcurrentHashMap<>();

  /**
   * @param end when HTTP/2 clients are told to connect anew
   */
  TlsOpener(
      ByteBufferPool buffers,
      OptionMap limits,
      SSLContext context,
      Requests requests,
      Http2Streams.End end) {
    this.buffers = buffers;
    this.requests = requests;
    bodyBytesMax = limits.get(UndertowOptions.MAX_ENTITY_SIZE);
    handshakeMillisMax = limits.get(UndertowOptions.REQUEST_PARSE_TIMEOUT, 0);
    ByteBufferPool records =
        new DefaultByteBufferPool(true, RECORD_BYTES, RECORDS_KEPT_MAX, RECORDS_PER_THREAD);
    Xnio xnio = Xnio.getInstance(TlsOpener.class.getClassLoader());
    tls = new UndertowXnioSsl(xnio, OptionMap.EMPTY, records, context);
    http1 = new HttpOpenListener(buffers, ClientLimits.http1(limits));
    http1.setRootHandler(requests.handler());
    http2 = new Http2Opener(buffers, limits, requests, end);
  }

  @Override
  public void opened(StreamConnection connection) {
    LazyReads reads = LazyReads.install(connection);
    SslConnection secure = tls.wrapExistingConnection(connection, TLS, false);
    SSLEngine engine = UndertowXnioSsl.getSslEngine(secure);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {HTTP2, HTTP1});
    engine.setSSLParameters(parameters);
    XnioExecutor.Key deadline = UnlessEnding.executeAfter(
        connection.getIoThread()::executeAfter,
        () -> tooSlow(secure),
        handshakeMillisMax,
        TimeUnit.MILLISECONDS);
    if (deadline != null) {
      handshakes.put(secure, deadline);
    }
    Opening opening = new Opening(secure, engine, reads);
    secure.getSourceChannel().setReadListener(source -> shakeHands(opening, source));
    shakeHands(opening, secure.getSourceChannel());
  }

  /**
   * A connection whose handshake is under way.
   *
   * @param below what the connection beneath is read by
   */
  private record Opening(SslConnection secure, SSLEngine engine, LazyReads below) {}

  /** Reads make the handshake go on; the first byte beyond it is a request's. */
  private void shakeHands(Opening opening, ConduitStreamSourceChannel source) {
    PooledByteBuffer read = buffers.allocate();
    boolean free = true;
    try {
      int bytes = source.read(read.getBuffer());
      if (bytes > 0) {
        free = false;
        read.getBuffer().flip();
        source.setReadListener(null);
        begin(opening, read);
      } else if (bytes == 0) {
        source.resumeReads();
      } else {
        giveUp(opening.secure);
      }
    } catch (IOException e) {
      log.debug("No handshake with {}", opening.secure.getPeerAddress(), e);
      giveUp(opening.secure);
    } finally {
      if (free) {
        read.close();
      }
    }
  }

  private void begin(Opening opening, PooledByteBuffer read) {
    SslConnection secure = opening.secure;
    forget(secure);
    if (HTTP2.equals(opening.engine.getApplicationProtocol())) {
      http2.begin(secure, read);
    } else {
      TlsReads.install(secure, opening.below);
      StrictReads.install(secure, bodyBytesMax, read.getBuffer());
      ParserRefusals.install(secure, requests.unreadable());
      http1.handleEvent(secure, read);
    }
  }

  private void tooSlow(SslConnection secure) {
    log.debug("{} sent no request in time", secure.getPeerAddress());
    giveUp(secure);
  }

  private void giveUp(SslConnection secure) {
    forget(secure);
    IoUtils.safeClose(secure);
  }

  private void forget(SslConnection secure) {
    XnioExecutor.Key deadline = handshakes.remove(secure);
    if (deadline != null) {
      deadline.remove();
    }
  }

  void goAway() {
    http2.goAway();
  }

  @Override
  public void closeConnections() {
    handshakes
        .keySet()
        .forEach(
            secure -> UnlessEnding.execute(secure.getIoThread(), () -> IoUtils.safeClose(secure)));
    http1.closeConnections();
    http2.closeConnections();
  }
}
