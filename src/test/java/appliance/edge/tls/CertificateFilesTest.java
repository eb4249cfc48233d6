package appliance.edge.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates as they lie in files. */
final class CertificateFilesTest {

  @TempDir
  private Path folder = Path.of("");

  @Test
  void keys_of_all_usual_forms_are_read() throws Exception {
    Path rsa = Certificates.makeRsa(folder, "rsa", "rsa.example");
    Path ec = Certificates.make(folder, "ec", "ec.example");
    assertEquals("rsa", chosen(files(rsa), null, "RSA"));
    assertEquals("ec", chosen(files(ec), null, "EC"));
    String key = folder.resolve("rsa.key").toString();
    Certificates.openssl(folder, List.of("rsa", "-traditional", "-in", key, "-out", key));
    assertTrue(Files.readString(Path.of(key)).contains("BEGIN RSA PRIVATE KEY"));
    assertEquals("rsa", chosen(files(rsa), null, "RSA"));
    String ecKey = folder.resolve("ec.key").toString();
    Certificates.openssl(folder, List.of("ec", "-in", ecKey, "-out", ecKey));
    assertTrue(Files.readString(Path.of(ecKey)).contains("BEGIN EC PRIVATE KEY"));
    assertEquals("ec", chosen(files(ec), null, "EC"));
  }

  @Test
  void a_chain_and_its_key_may_lie_in_one_file() throws Exception {
    Path both = folder.resolve("both.pem");
    Path made = Certificates.make(folder, "site", "site.example");
    Files.writeString(both, Files.readString(folder.resolve("site.key")) + Files.readString(made));
    assertEquals("site", chosen(files(both), "site.example", "EC"));
  }

  @Test
  void a_folder_as_certbot_keeps_it_is_read() throws Exception {
    Path live = Files.createDirectories(folder.resolve("live/site.example"));
    Files.writeString(folder.resolve("live/README"), "not a certificate");
    Certificates.make(live, "made", "site.example");
    Files.move(live.resolve("made.key"), live.resolve("privkey.pem"));
    Files.copy(live.resolve("made.pem"), live.resolve("fullchain.pem"));
    Files.copy(live.resolve("made.pem"), live.resolve("cert.pem"));
    Files.move(live.resolve("made.pem"), live.resolve("chain.pem"));
    CertificateFiles files = files(folder.resolve("live"));
    assertEquals("", files.problem());
    assertEquals("made", chosen(files, "site.example", "EC"));
  }

  @Test
  void one_that_ends_soon_is_named_and_only_then() throws Exception {
    CertificateFiles files = files(Certificates.make(folder, "month", "site.example"));
    Instant end = files.end().orElseThrow();
    assertEquals("", files.endingSoon(end.minus(Duration.ofDays(6))));
    String told = files.endingSoon(end.minus(Duration.ofDays(4)));
    assertTrue(told.contains("month.pem for site.example until " + end), told);
  }

  @Test
  void one_whose_successor_is_there_as_well_needs_no_attention() throws Exception {
    Path renewed = Certificates.make(folder, "renewed", "site.example");
    Path old = Certificates.make(folder, "old", "site.example");
    Certificates.openssl(
        folder,
        List.of(
            "x509",
            "-in",
            old.toString(),
            "-signkey",
            folder.resolve("old.key").toString(),
            "-days",
            "3",
            "-out",
            old.toString(),
            "-copy_extensions",
            "copyall"));
    Instant now = Instant.now().plus(Duration.ofDays(2)).plus(Duration.ofHours(20));
    assertTrue(files(old).endingSoon(now).contains("old.pem"));
    assertEquals("", files(renewed, old).endingSoon(now));
    assertTrue(
        files(old, renewed).endingSoon(now).contains("old.pem"), "who names no host gets it");
  }

  @Test
  void an_exact_name_wins_over_a_wildcard_and_the_first_is_for_all_others() throws Exception {
    Path first = Certificates.make(folder, "first", "first.example");
    Path wild = Certificates.make(folder, "wild", "*.site.example");
    Path exact = Certificates.make(folder, "exact", "www.site.example");
    CertificateFiles files = files(first, wild, exact);
    assertEquals("exact", chosen(files, "www.site.example", "EC"));
    assertEquals("wild", chosen(files, "shop.site.example", "EC"));
    assertEquals("first", chosen(files, "a.shop.site.example", "EC"));
    assertEquals("first", chosen(files, "site.example", "EC"));
    assertEquals("first", chosen(files, null, "EC"));
    assertEquals("", chosen(files, "www.site.example", "RSA"));
  }

  @Test
  void a_bad_file_leaves_its_old_certificate_in_use_and_the_others_new() throws Exception {
    Path one = Certificates.make(folder, "one", "one.example");
    Path two = Certificates.make(folder, "two", "two.example");
    CertificateFiles files = files(one, two);
    Path other = Files.createDirectories(folder.resolve("other"));
    Certificates.make(other, "renewed", "two.example");
    Files.writeString(one, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    Files.move(other.resolve("renewed.key"), folder.resolve("two.key"), replace());
    Files.move(other.resolve("renewed.pem"), two, replace());
    files.look();
    assertTrue(files.problem().startsWith(one + ": "), files.problem());
    assertEquals("one", chosen(files, "one.example", "EC"));
    assertEquals("renewed", chosen(files, "two.example", "EC"));
  }

  @Test
  void one_that_is_over_is_told_and_takes_the_place_of_no_valid_one() throws Exception {
    Path one = Certificates.make(folder, "one", "one.example");
    CertificateFiles files = files(one);
    assertEquals("", files.problem());
    String over = Certificates.openssl(
        folder,
        List.of(
            "x509", "-in", "one.pem", "-signkey", "one.key", "-days", "-1", "-set_serial", "7"));
    Files.writeString(one, over);
    files.look();
    assertTrue(files.problem().contains("is not valid now"), files.problem());
    assertTrue(files.end().orElseThrow().isAfter(Instant.now()), "the old one is in use");
    CertificateFiles fresh = files(one);
    assertTrue(fresh.problem().contains("is not valid now"), fresh.problem());
    assertTrue(fresh.any(), "better than none");
  }

  @Test
  void a_key_of_another_certificate_is_refused() throws Exception {
    Path one = Certificates.make(folder, "one", "one.example");
    Certificates.make(folder, "two", "two.example");
    Files.copy(folder.resolve("two.key"), folder.resolve("one.key"), replace());
    CertificateFiles files = files(one);
    assertFalse(files.any());
    assertEquals(one + ": the key belongs to another certificate", files.problem());
  }

  @Test
  void what_is_not_a_certificate_with_its_key_is_named_with_the_reason() throws Exception {
    Path text = Files.writeString(folder.resolve("text.pem"), "hello");
    assertEquals(text + ": holds no CERTIFICATE", files(text).problem());
    Path alone = Certificates.make(folder, "alone", "a.example");
    Files.delete(folder.resolve("alone.key"));
    assertEquals(
        alone + ": holds no private key, and neither does a file beside it: alone.key",
        files(alone).problem());
    Path encrypted = Certificates.make(folder, "locked", "a.example");
    String key = folder.resolve("locked.key").toString();
    String shut = folder.resolve("shut.key").toString();
    Certificates.openssl(
        folder, List.of("pkcs8", "-topk8", "-passout", "pass:x", "-in", key, "-out", shut));
    Files.move(Path.of(shut), Path.of(key), replace());
    assertEquals(
        encrypted + ": holds an encrypted key; give it without a passphrase",
        files(encrypted).problem());
    Path none = Files.createDirectories(folder.resolve("none"));
    assertEquals("there is no certificate in [" + none + "]", files(none).problem());
  }

  private static CertificateFiles files(Path... places) {
    CertificateFiles files = new CertificateFiles(List.of(places));
    files.look();
    return files;
  }

  private static String chosen(CertificateFiles files, @Nullable String host, String keyType) {
    return files
        .find(host, keyType)
        .map(c -> c.chain().get(0).getSubjectX500Principal().getName().replace("CN=", ""))
        .orElse("");
  }

  private static StandardCopyOption replace() {
    return StandardCopyOption.REPLACE_EXISTING;
  }
}
