package appliance.trust;

import appliance.runtime.UnlessEnding;
import io.undertow.connector.ByteBufferPool;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;
import org.xnio.ssl.SslConnection;

/**
 * TLS with trusted keys over XNIO: puts itself between a connection and whoever uses it. A port's accepted
 * connections are limited until their handshake is over, as on a {@link TlsServerSocket}. The IO threads
 * call it; the handshakes' arithmetic has threads of its own.
 */
public final class MemberPort implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MemberPort.class);

  /** They take memory only, and a busy node makes many connections at once. */
  private static final int PER_ADDRESS_MAX = 128;

  private static final int TOTAL_MAX = 512;
  private static final int THREADS_MAX = 4;
  private static final int TASKS_MAX = 1000;
  private static final long SWEEP_MILLIS = 500;

  private final Tls tls;
  private final Waiting waiting;
  private final UndertowXnioSsl layer;
  private final ThreadPoolExecutor arithmetic = new ThreadPoolExecutor(
      THREADS_MAX, THREADS_MAX, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(TASKS_MAX), task -> {
        Thread thread = new Thread(task, "member-tls");
        thread.setDaemon(true);
        return thread;
      });
  private XnioExecutor.Key sweeping = () -> false;

  MemberPort(Tls tls, ByteBufferPool buffers) {
    this.tls = tls;
    arithmetic.allowCoreThreadTimeOut(true);
    waiting = new Waiting(tls.refusals(), PER_ADDRESS_MAX, TOTAL_MAX);
    layer = new UndertowXnioSsl(
        Xnio.getInstance(MemberPort.class.getClassLoader()),
        OptionMap.EMPTY,
        buffers,
        tls.context(),
        arithmetic);
  }

  /** Looks after those that wait, from a thread of the port's worker. */
  public void watch(XnioIoThread thread) {
    sweeping = thread.executeAtInterval(waiting::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** The same connection behind TLS; it is closed if its handshake is not that of a trusted key. */
  public StreamConnection accepted(StreamConnection plain) {
    SslConnection connection = layer.wrapExistingConnection(plain, OptionMap.EMPTY, false);
    Newcomer newcomer = new Newcomer(connection, configured(connection));
    waiting.add(newcomer);
    connection.getHandshakeSetter().set(done -> letIn(newcomer));
    return connection;
  }

  /**
   * The other side: puts TLS on a connection that this node has made, and gives it to {@code ready} once
   * it is with a trusted key; else to {@code failed}, with the cause, and closes it.
   */
  public void connected(
      StreamConnection plain, Consumer<StreamConnection> ready, Consumer<IOException> failed) {
    SslConnection connection = layer.wrapExistingConnection(plain, OptionMap.EMPTY, true);
    new Handshake(connection, configured(connection), ready, failed).begin();
  }

  /** A handshake that this node has begun; on its I/O thread. Exactly one of the two is called. */
  private final class Handshake {

    private final SslConnection connection;
    private final SSLEngine engine;
    private final Consumer<StreamConnection> ready;
    private final Consumer<IOException> failed;
    private boolean over;

    Handshake(
        SslConnection connection,
        SSLEngine engine,
        Consumer<StreamConnection> ready,
        Consumer<IOException> failed) {
      this.connection = connection;
      this.engine = engine;
      this.ready = ready;
      this.failed = failed;
    }

    void begin() {
      connection.getHandshakeSetter().set(done -> done());
      connection.getSourceChannel().setReadListener(source -> goOn());
      try {
        connection.startHandshake();
        goOn();
        connection.getSourceChannel().resumeReads();
      } catch (IOException e) {
        fail(e);
      }
    }

    /** Reads make it go on; there is nothing to read before a request. */
    private void goOn() {
      if (over) {
        return;
      }
      try {
        if (connection.getSourceChannel().read(ByteBuffer.allocate(1)) != 0) {
          fail(new SSLException("the other node ended the handshake"));
        }
      } catch (IOException e) {
        fail(e);
      }
    }

    private void done() {
      if (over) {
        return;
      }
      try {
        InetSocketAddress peer = connection.getPeerAddress(InetSocketAddress.class);
        tls.peer(engine.getSession(), peer.getAddress());
        over = true;
        connection.getSourceChannel().suspendReads();
        // Not within the layer's own work on this handshake: what is written there would be lost.
        UnlessEnding.execute(connection.getIoThread(), () -> ready.accept(connection));
      } catch (IOException e) {
        fail(e);
      }
    }

    private void fail(IOException cause) {
      if (!over) {
        over = true;
        IoUtils.safeClose(connection);
        failed.accept(cause);
      }
    }
  }

  private SSLEngine configured(SslConnection connection) {
    SSLEngine engine = UndertowXnioSsl.getSslEngine(connection);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(Tls.PROTOCOLS);
    parameters.setNeedClientAuth(true);
    engine.setSSLParameters(parameters);
    return engine;
  }

  private void letIn(Newcomer newcomer) {
    waiting.remove(newcomer);
    try {
      tls.peer(newcomer.engine.getSession(), newcomer.address());
    } catch (SSLException e) {
      log.debug("A connection was refused", e); // it has been counted
      newcomer.end();
    }
  }

  /** A connection whose handshake has begun at most. */
  private final class Newcomer implements Waiting.Guest {

    private final SslConnection connection;
    private final SSLEngine engine;
    private final InetAddress address;

    Newcomer(SslConnection connection, SSLEngine engine) {
      this.connection = connection;
      this.engine = engine;
      InetSocketAddress peer = connection.getPeerAddress(InetSocketAddress.class);
      address = peer == null ? InetAddress.getLoopbackAddress() : peer.getAddress();
    }

    @Override
    public InetAddress address() {
      return address;
    }

    @Override
    public boolean isOpen() {
      return connection.isOpen();
    }

    @Override
    public void gone() {
      if (!tls.hasRefused(engine)) {
        tls.refusals().count(address, Refusal.NO_TLS, "it ended before its handshake");
      }
    }

    @Override
    public void end() {
      IoUtils.safeClose(connection);
    }
  }

  @Override
  public void close() {
    sweeping.remove();
    waiting.closeAll();
    arithmetic.shutdownNow();
  }
}
