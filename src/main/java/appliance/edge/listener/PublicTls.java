package appliance.edge.listener;

import appliance.config.HttpsConfig;
import appliance.edge.tls.CertificateFiles;
import appliance.edge.tls.TlsRules;
import appliance.runtime.ExitCode;
import appliance.runtime.Loop;
import appliance.runtime.StartFailure;
import appliance.status.Section;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;

/** The certificates of the public port and the loop that looks at their files; any thread may ask. */
final class PublicTls implements AutoCloseable {

  private static final Duration LOOK_PERIOD = Duration.ofSeconds(2);
  private static final int LOOP_TASKS_MAX = 10;

  final HttpsConfig config;
  private final CertificateFiles files;

  /** Of its own, since a disk may hang. */
  private final Loop loop = new Loop("certificates", LOOP_TASKS_MAX);

  /**
   * Reads the certificates.
   *
   * @throws StartFailure if there is none to serve with
   */
  PublicTls(HttpsConfig config) {
    this.config = config;
    // Switches of the process, read when Java's TLS and Undertow's HTTP/2 are first used: a client
    // must not have us shake hands again and again, and a head has the limit of its port alone.
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    System.setProperty("io.undertow.http2-max-header-size", "0");
    files = new CertificateFiles(config.certificates());
    files.look();
    if (!files.any()) {
      loop.close();
      throw new StartFailure(
          ExitCode.BAD_CONFIG,
          "--certificates: " + files.problem() + ": give PEM files with a chain and its key");
    }
  }

  void start() {
    loop.every(LOOK_PERIOD, files::look);
  }

  SSLContext context() {
    return TlsRules.context(files);
  }

  void tell(Section.Builder section) {
    Instant now = Clock.systemUTC().instant();
    long left = files.end().map(end -> Duration.between(now, end).toDays()).orElse(0L);
    section
        .text("https", config.address().toString())
        .gauge("certificateDaysLeft", left)
        .text("certificateEnding", files.endingSoon(now))
        .text("certificateProblem", files.problem());
  }

  @Override
  public void close() {
    loop.close();
  }
}
