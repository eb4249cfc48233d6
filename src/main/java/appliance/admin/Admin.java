package appliance.admin;

import appliance.config.AdminConfig;
import appliance.model.HostPort;
import appliance.model.PeerRoute;
import appliance.runtime.ExitCode;
import appliance.runtime.FileTrouble;
import appliance.runtime.Service;
import appliance.runtime.StartFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The web admin UI and JSON API of this node. Its listener owns the threads: one for IO, at most four
 * that answer.
 */
public final class Admin implements Service {

  private static final Logger log = LoggerFactory.getLogger(Admin.class);

  private final HostPort address;
  private final Path dataFolder;
  private final RequestRouter desk;
  private final PeerRoute route;
  private @Nullable Listener listener;
  private @Nullable AdminAddress published;

  /**
   * @param dataFolder where the token, the certificate and the address for local clients are kept
   * @throws StartFailure if that folder cannot be written
   */
  public Admin(AdminConfig config, Path dataFolder, AdminPorts ports) {
    this.address = config.address();
    this.dataFolder = dataFolder;
    SecureRandom random = new SecureRandom();
    Sessions sessions = new Sessions(ports.settings(), Clock.systemUTC(), random);
    Gate gate = new Gate(token(random), sessions);
    Login login =
        new Login(ports.settings(), ports.views()::get, sessions, new Throttle(System::nanoTime));
    Routes ui = UiRoutes.of(gate, login, new Commands(ports.views()::get), ports.commands());
    route = MasterProxy.route(ui);
    desk = new RequestRouter(
        new OriginCheck(Set.copyOf(List.of(HostNames.own(), address.host()))),
        LocalRoutes.of(ports, gate),
        new MasterProxy(ports.views()::get, ports.peers()),
        ui);
  }

  private String token(SecureRandom random) {
    try {
      return AdminToken.readOrMake(dataFolder, random);
    } catch (IOException e) {
      throw folderFailure(AdminToken.FILE, e);
    }
  }

  private StartFailure folderFailure(String file, Exception cause) {
    return new StartFailure(
        ExitCode.DATA_FOLDER,
        dataFolder.resolve(file) + " cannot be read or written (" + FileTrouble.of(cause)
            + "): check the folder's owner and free space; if the file is damaged, remove it",
        cause);
  }

  @Override
  public void start() {
    boolean loopback = address.isLoopback();
    Optional<ServerCertificate> certificate =
        loopback ? Optional.empty() : Optional.of(certificate());
    Listener started = listen(certificate.map(this::sslContext));
    listener = started;
    Optional<String> fingerprint = certificate.map(ServerCertificate::fingerprint);
    String scheme = loopback ? "http" : "https";
    published = new AdminAddress(
        URI.create(scheme + "://" + local().withPort(started.port())), fingerprint);
    try {
      published.write(dataFolder);
    } catch (IOException e) {
      close();
      throw folderFailure(AdminAddress.FILE, e);
    }
    log.info(
        "Admin UI at {}{}",
        url(),
        fingerprint.map(f -> ", certificate SHA-256 " + f).orElse(""));
  }

  private ServerCertificate certificate() {
    try {
      return ServerCertificate.readOrMake(dataFolder, Instant.now());
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw folderFailure(ServerCertificate.FILE, e);
    }
  }

  private SSLContext sslContext(ServerCertificate certificate) {
    try {
      return certificate.sslContext();
    } catch (GeneralSecurityException e) {
      throw folderFailure(ServerCertificate.FILE, e);
    }
  }

  private Listener listen(Optional<SSLContext> tls) {
    try {
      return new Listener(address, tls, new Exchanges(desk));
    } catch (RuntimeException e) {
      throw new StartFailure(
          ExitCode.PORT_TAKEN,
          "The admin address " + address + " cannot be listened on (" + rootCause(e)
              + "): end the program that has it, or choose another with --admin ADDR:PORT",
          e);
    }
  }

  private static String rootCause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  /** Where a program on this machine reaches the listener. */
  private HostPort local() {
    return isWildcard() ? new HostPort("127.0.0.1", 0) : address;
  }

  /** Where a person reaches it, as far as this machine knows its own name. */
  private HostPort shown() {
    return isWildcard() ? new HostPort(HostNames.own(), 0) : address;
  }

  private boolean isWildcard() {
    try {
      return InetAddress.getByName(address.host()).isAnyLocalAddress();
    } catch (IOException e) {
      return false;
    }
  }

  /** For the peer endpoint, as {@link AdminPorts#ROUTE}: answers the UI for the other nodes. */
  public PeerRoute route() {
    return route;
  }

  /** Where local clients find the started admin, and the fingerprint of its certificate. */
  public AdminAddress address() {
    if (published == null) {
      throw new IllegalStateException("not started");
    }
    return published;
  }

  /** Where a person finds the started UI: by this machine's name, if it listens on all addresses. */
  public URI url() {
    URI local = address().url();
    return URI.create(local.getScheme() + "://" + shown().withPort(local.getPort()));
  }

  @Override
  public void close() {
    if (listener == null) {
      return;
    }
    try {
      AdminAddress.remove(dataFolder);
    } catch (IOException e) {
      log.warn("{} could not be removed: {}", dataFolder.resolve(AdminAddress.FILE), e.toString());
    }
    listener.close();
    listener = null;
  }
}
