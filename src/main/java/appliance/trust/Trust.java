package appliance.trust;

import appliance.model.Fingerprint;
import appliance.runtime.ExitCode;
import appliance.runtime.FileTrouble;
import appliance.runtime.Loop;
import appliance.runtime.Published;
import appliance.runtime.StartFailure;
import appliance.status.Section;
import appliance.status.Source;
import io.undertow.connector.ByteBufferPool;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part in the trust between nodes: its key, its secret, whom it trusts now, and the sockets
 * on which nobody else gets a word in. The cluster publishes whom to trust; any thread may use it.
 */
public final class Trust implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Trust.class);

  /** Short: a certificate that was made by a wrong clock keeps its node out until the next look. */
  private static final Duration RENEWAL_CHECK = Duration.ofMinutes(1);

  private final Path data;
  private final NodeKey key;
  private final Clock clock;
  private final Refusals refusals = new Refusals();
  private final Published<Trusted> trusted = new Published<>(Trusted.NOBODY);
  private final Set<TlsSocket> open = ConcurrentHashMap.newKeySet();
  private final Tls members;
  private final Tls anyone;
  private final Dialing dialing = new Dialing(this::probe);
  private final Loop loop = new Loop("trust", 10);
  private volatile Optional<JoinSecret> secret;

  private Trust(
      Path data, NodeKey key, Optional<JoinSecret> secret, Clock clock, Duration renewalCheck)
      throws GeneralSecurityException {
    this.data = data;
    this.key = key;
    this.secret = secret;
    this.clock = clock;
    members = new Tls(key, new KeyCheck(k -> trusted.get().accepts(k), clock, refusals), refusals);
    anyone = new Tls(key, new KeyCheck(k -> true, clock, refusals), refusals);
    trusted.subscribe(this::closeOthers);
    loop.every(renewalCheck, this::renew);
    loop.every(Refusals.PASSES, refusals::tellWhatStays);
  }

  /**
   * Reads this node's key, or makes one.
   *
   * @param given the secret that the operator has given; else the one in the data folder counts
   * @throws StartFailure if the data folder's files cannot be used
   */
  public static Trust open(Path data, Optional<JoinSecret> given, Clock clock) {
    return open(data, given, clock, RENEWAL_CHECK);
  }

  static Trust open(Path data, Optional<JoinSecret> given, Clock clock, Duration renewalCheck) {
    try {
      Optional<JoinSecret> secret = given.isPresent() ? given : JoinSecret.kept(data);
      NodeKey key = NodeKey.readOrMake(data, clock.instant());
      return new Trust(data, key, secret, clock, renewalCheck);
    } catch (IOException | GeneralSecurityException e) {
      throw new StartFailure(
          ExitCode.DATA_FOLDER,
          "this node's key or secret in " + data + " cannot be used (" + FileTrouble.of(e)
              + "): restore " + NodeKey.FILE + " and " + JoinSecret.FILE
              + ", or remove the broken one: without " + NodeKey.FILE
              + " the node has to be admitted anew",
          e);
    }
  }

  /** Has the first handshake beside the rest of the start. */
  public void rehearse() {
    Thread thread = new Thread(this::handshakeAlone, "rehearsal");
    thread.setDaemon(true);
    thread.start();
  }

  private void handshakeAlone() {
    try {
      if (!new TlsWarmUp(anyone).run()) {
        log.warn("This node does not agree with itself on a TLS connection");
      }
    } catch (SSLException e) {
      log.warn("This node's own key does not do for TLS; other nodes will refuse it", e);
    }
  }

  /** What the others know this node by. */
  public Fingerprint fingerprint() {
    return key.fingerprint();
  }

  public Published<Trusted> trusted() {
    return trusted;
  }

  public Refusals refusals() {
    return refusals;
  }

  public Optional<JoinSecret> secret() {
    return secret;
  }

  /** The cluster's secret is another one now, or known for the first time. */
  public void secret(JoinSecret now) {
    secret = Optional.of(now);
  }

  /** Has it in the data folder for the next start; waits for the disk. */
  public void keep(JoinSecret now) throws IOException {
    now.keep(data);
  }

  /** TLS with trusted keys only. */
  public Tls members() {
    return members;
  }

  /**
   * A socket that connects to trusted keys only, and does not wait for an address that has lately been
   * silent.
   */
  public TlsSocket socket() {
    return new TlsSocket(members, this::opened, open::remove, dialing);
  }

  private void probe(SocketAddress to, int millis) throws IOException {
    try (TlsSocket socket = new TlsSocket(members, s -> {}, s -> {}, null)) {
      socket.connect(to, millis, millis);
    }
  }

  /** A port that lets trusted keys in. */
  public TlsServerSocket serverSocket() throws IOException {
    return new TlsServerSocket(this::socket, refusals);
  }

  /** A socket that connects to any key, which then is to be looked at. */
  public TlsSocket socketToAnyone() {
    return new TlsSocket(anyone, s -> {}, s -> {}, null);
  }

  /** A port that shakes hands with any key, and gives each connection to {@code ready} for a while. */
  public TlsServerSocket serverSocketForAnyone(Consumer<TlsSocket> ready) throws IOException {
    return new TlsServerSocket(this::socketToAnyone, refusals, ready);
  }

  /** TLS with trusted keys for connections of XNIO. */
  public MemberPort port(ByteBufferPool buffers) {
    return new MemberPort(members, buffers);
  }

  private void opened(TlsSocket socket) {
    open.add(socket);
    if (socket.isClosed() || !trusted.get().accepts(socket.peer())) {
      open.remove(socket);
      socket.end();
    } else {
      refusals.met(socket.address());
    }
  }

  private void closeOthers(Trusted now) {
    for (TlsSocket socket : open) {
      if (!now.accepts(socket.peer())) {
        log.info(
            "The connection with {} is closed: its key is no member's any more",
            socket.getRemoteSocketAddress());
        socket.end();
      }
    }
  }

  private void renew() {
    try {
      if (key.renew(clock.instant())) {
        log.info("This node's certificate has been renewed; its key is the same");
      }
    } catch (IOException | GeneralSecurityException e) {
      log.error(
          "This node's certificate cannot be renewed; it ends {}",
          key.certificate().getNotAfter(),
          e);
    }
  }

  public Source source() {
    return () -> {
      Section.Builder section = Section.builder()
          .text("fingerprint", fingerprint().hex())
          .text("certificateEnds", key.certificate().getNotAfter().toInstant().toString())
          .gauge("trustedKeys", trusted.get().keys().size())
          .gauge("connections", open.size());
      for (Refusal refusal : Refusal.values()) {
        section.counter(refusal.field(), refusals.count(refusal));
      }
      return section.build();
    };
  }

  @Override
  public void close() {
    loop.close();
    open.forEach(TlsSocket::end);
  }
}
