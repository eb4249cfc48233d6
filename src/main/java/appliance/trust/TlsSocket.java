package appliance.trust;

import appliance.model.Fingerprint;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection between two nodes that is good for use only once both keys have been checked:
 * {@link #connect} returns, or an accepting {@link TlsServerSocket} hands it out, after that. The two
 * ends agree by one byte from the server, as in TLS 1.3 a client learns of its refusal late.
 *
 * <p>Closing it ends the TCP connection at once, without a word of TLS, which could block; protocols on
 * it tell by themselves whether an end was in order.
 */
public final class TlsSocket extends Socket implements Waiting.Guest {

  private static final Logger log = LoggerFactory.getLogger(TlsSocket.class);

  private static final int WELCOME = 'W';

  /** For one piece of a handshake. */
  private static final int HANDSHAKE_MILLIS_MAX = 1000;

  private final Tls tls;
  private final Consumer<TlsSocket> onClose;
  private final Consumer<TlsSocket> onOpen;
  private final @Nullable Dialing dialing;
  private volatile @Nullable SSLSocket layer;
  private volatile @Nullable Fingerprint peer;
  private volatile boolean ended;

  /**
   * @param onOpen is told when the handshake is over
   * @param onClose is told when it is closed; perhaps more than once
   * @param dialing says how long a connection may take; null if that does not matter
   */
  TlsSocket(
      Tls tls, Consumer<TlsSocket> onOpen, Consumer<TlsSocket> onClose, @Nullable Dialing dialing) {
    this.tls = tls;
    this.dialing = dialing;
    this.onOpen = onOpen;
    this.onClose = onClose;
  }

  /** Whose key it is that the other end has shown. */
  public Fingerprint peer() {
    Fingerprint known = peer;
    if (known == null) {
      throw new IllegalStateException("there has been no handshake yet");
    }
    return known;
  }

  @Override
  public void connect(SocketAddress to, int timeoutMillis) throws IOException {
    if (dialing == null) {
      connect(to, timeoutMillis, HANDSHAKE_MILLIS_MAX);
      return;
    }
    int patience = dialing.patience(to);
    long start = System.nanoTime();
    try {
      connect(to, timeoutMillis, patience);
      dialing.answered(to, System.nanoTime() - start);
    } catch (SocketTimeoutException e) {
      dialing.silent(to);
      throw e;
    }
  }

  /** Connects, and waits no longer for each piece of the handshake than it is given. */
  void connect(SocketAddress to, int timeoutMillis, int pieceMillis) throws IOException {
    super.connect(to, timeoutMillis);
    handshake(true, pieceMillis);
  }

  @Override
  public void connect(SocketAddress to) throws IOException {
    connect(to, 0);
  }

  /** As the accepting side. */
  void accept() throws IOException {
    handshake(false, HANDSHAKE_MILLIS_MAX);
  }

  private void handshake(boolean client, int pieceMillis) throws IOException {
    int timeout = getSoTimeout();
    InetAddress other = getInetAddress();
    try {
      setTcpNoDelay(true);
      setSoTimeout(pieceMillis);
      SSLSocket over = client ? calling(other) : called();
      over.setSSLParameters(tls.parameters());
      over.startHandshake();
      peer = tls.peer(over.getSession(), other);
      welcome(over, client);
      setSoTimeout(timeout);
      layer = over;
    } catch (IOException e) {
      close();
      count(e, client, other);
      throw e;
    }
    onOpen.accept(this);
  }

  private SSLSocket calling(InetAddress other) throws IOException {
    SSLSocket over = (SSLSocket) tls.context()
        .getSocketFactory()
        .createSocket(this, other.getHostAddress(), getPort(), false);
    over.setUseClientMode(true);
    return over;
  }

  private SSLSocket called() throws IOException {
    int first = super.getInputStream().read();
    if (first < 0) {
      ended =
          true; // who only tries whether somebody listens here says nothing that could be refused
      throw new EOFException("the connection was closed before anything came");
    }
    InputStream read = new ByteArrayInputStream(new byte[] {(byte) first});
    SSLSocket over = (SSLSocket) tls.context().getSocketFactory().createSocket(this, read, false);
    over.setUseClientMode(false);
    return over;
  }

  private static void welcome(SSLSocket over, boolean client) throws IOException {
    if (!client) {
      over.getOutputStream().write(WELCOME);
      over.getOutputStream().flush();
    } else if (over.getInputStream().read() != WELCOME) {
      throw new EOFException("the connection was closed in place of a welcome");
    }
  }

  /** What was refused or ended by this side has been counted where that was decided. */
  private void count(IOException failure, boolean client, InetAddress other) {
    if (ended || RefusedKey.isCauseOf(failure)) {
      return;
    }
    String detail = String.valueOf(failure.getMessage());
    if (failure instanceof SSLException && detail.contains("fatal alert")) {
      tls.refusals().count(other, Refusal.REFUSED_THERE, detail);
    } else if (!client) {
      tls.refusals().count(other, why(failure), detail);
    }
  }

  private static Refusal why(IOException failure) {
    if (failure instanceof SocketTimeoutException) {
      return Refusal.TOO_SLOW;
    }
    return failure instanceof SocketException ? Refusal.HUNG_UP : Refusal.NO_TLS;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    SSLSocket over = layer;
    return over == null ? super.getInputStream() : over.getInputStream();
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    SSLSocket over = layer;
    return over == null ? super.getOutputStream() : over.getOutputStream();
  }

  @Override
  public InetAddress address() {
    return getInetAddress();
  }

  @Override
  public boolean isOpen() {
    return !isClosed();
  }

  /** Its own handshake has counted it. */
  @Override
  public void gone() {}

  @Override
  public void end() {
    ended = true;
    try {
      close();
    } catch (IOException e) {
      log.debug("A connection was closed already", e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    super.close();
    onClose.accept(this);
  }
}
