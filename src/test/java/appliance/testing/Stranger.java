package appliance.testing;

import appliance.trust.OneKey;
import appliance.trust.SelfSigned;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/**
 * Somebody on this machine who means harm to the ports of a cluster and has no member's key: garbage,
 * half handshakes, whole ones with a key of its own and garbage behind them, connections without a word,
 * and floods. The same seed does the same, as far as the other side lets it.
 */
public final class Stranger implements AutoCloseable {

  private static final int KEPT_OPEN_MAX = 300;
  private static final int FLOOD = 150;
  private static final int GARBAGE_BYTES_MAX = 4096;
  private static final int PATIENCE_MILLIS = 500;

  private final List<Integer> ports;
  private final Random random;
  private final SSLContext tls;
  private final Deque<Socket> open = new ArrayDeque<>();
  private final Map<String, Long> done = new TreeMap<>();

  public Stranger(List<Integer> ports, long seed) throws GeneralSecurityException {
    this.ports = List.copyOf(ports);
    random = new Random(seed);
    tls = SSLContext.getInstance("TLSv1.3");
    KeyPair keys = SelfSigned.keys();
    Instant now = Instant.now();
    X509Certificate certificate = SelfSigned.certificate(
        keys, "stranger", now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(100)));
    tls.init(
        new KeyManager[] {new OneKey(keys.getPrivate(), () -> List.of(certificate))},
        new TrustManager[] {new AnyCertificate()},
        null);
  }

  /** One act of many. */
  public void act() {
    int port = ports.get(random.nextInt(ports.size()));
    int kind = random.nextInt(100);
    if (kind < 40) {
      connect("garbage", port, socket -> write(socket, garbage()));
    } else if (kind < 55) {
      connect("half handshakes", port, socket -> write(socket, clientHello()));
    } else if (kind < 70) {
      connect("idle connections", port, socket -> {});
    } else if (kind < 98) {
      handshake(port);
    } else {
      for (int i = 0; i < FLOOD; i++) {
        connect("connections of floods", port, socket -> {});
      }
    }
    if (random.nextInt(10) == 0) {
      hangUp(open.size() / 2);
    }
  }

  /** How often it has done what, and how often it was thrown out meanwhile. */
  public Map<String, Long> done() {
    return Map.copyOf(done);
  }

  @FunctionalInterface
  private interface Deed {
    void to(Socket socket) throws IOException;
  }

  private void connect(String what, int port, Deed deed) {
    Socket socket = new Socket();
    open.add(socket);
    try {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      deed.to(socket);
      count(what);
    } catch (IOException e) {
      count("refusals of " + what); // as it should be
    }
    hangUp(KEPT_OPEN_MAX);
  }

  private void handshake(int port) {
    connect("handshakes with a key of its own", port, plain -> {
      SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(plain, "x", port, true);
      socket.startHandshake();
      write(socket, garbage());
      socket.getInputStream().read();
    });
  }

  private static void write(Socket socket, byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  private byte[] garbage() {
    byte[] bytes = new byte[1 + random.nextInt(GARBAGE_BYTES_MAX)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** The head of a handshake's record, and a part of what it promises. */
  private byte[] clientHello() {
    byte[] hello = new byte[60];
    random.nextBytes(hello);
    System.arraycopy(new byte[] {22, 3, 1, 1, 0, 1, 0, 0, (byte) 252, 3, 3}, 0, hello, 0, 11);
    return hello;
  }

  private void count(String what) {
    done.merge(what, 1L, Long::sum);
  }

  private void hangUp(int downTo) {
    while (open.size() > downTo) {
      try {
        open.remove().close();
      } catch (IOException e) {
        count("broken ends");
      }
    }
  }

  @Override
  public void close() {
    hangUp(0);
  }
}
