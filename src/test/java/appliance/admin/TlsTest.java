package appliance.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TlsTest {

  @TempDir
  private Path data;

  @Test
  void the_certificate_is_made_once_and_is_the_owner_s_alone() throws Exception {
    ServerCertificate made = ServerCertificate.readOrMake(data, Instant.now());
    ServerCertificate kept = ServerCertificate.readOrMake(data, Instant.now());
    assertEquals(made.fingerprint(), kept.fingerprint());
    assertTrue(made.fingerprint().matches("([0-9A-F]{2}:){31}[0-9A-F]{2}"));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(data.resolve(ServerCertificate.FILE))));
    X509Certificate certificate = kept.chain().get(0);
    certificate.verify(certificate.getPublicKey());
    List<Object> names = certificate.getSubjectAlternativeNames().stream()
        .<Object>map(name -> name.get(1))
        .toList();
    assertTrue(names.contains("localhost") && names.contains("127.0.0.1"), names.toString());
  }

  @Test
  void it_is_renewed_before_it_ends() throws Exception {
    ServerCertificate made = ServerCertificate.readOrMake(data, Instant.now());
    Instant late = made.end().minus(ServerCertificate.RENEW_BEFORE).plus(Duration.ofDays(1));
    assertNotEquals(made.fingerprint(), ServerCertificate.readOrMake(data, late).fingerprint());
  }

  @Test
  void a_damaged_file_is_named_with_what_to_do() throws Exception {
    Files.writeString(data.resolve(ServerCertificate.FILE), "not a certificate");
    StartFailure failure = assertThrows(
        StartFailure.class, () -> new AdminNode(data, 1, "0.0.0.0:0", new HashMap<>()));
    assertEquals(ExitCode.DATA_FOLDER, failure.exitCode());
    assertTrue(failure.toString().contains("admin.pem"), failure.toString());
  }

  @Test
  void a_port_that_is_taken_is_named_with_what_to_do(@TempDir Path other) {
    try (AdminNode first = AdminNode.on(data)) {
      String address = "127.0.0.1:" + first.url().getPort();
      StartFailure failure =
          assertThrows(StartFailure.class, () -> new AdminNode(other, 2, address, new HashMap<>()));
      assertEquals(ExitCode.PORT_TAKEN, failure.exitCode());
      assertTrue(failure.toString().contains("--admin"), failure.toString());
    }
  }
}
