package appliance.edge.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What lies in one PEM file (RFC 7468).
 *
 * @param chain its certificates, in order
 * @param keys its private keys
 */
record PemFile(List<X509Certificate> chain, List<Key> keys) {

  private static final int BYTES_MAX = 256 * 1024;
  private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----");

  /**
   * One private key as it stands in the file.
   *
   * @param form {@code PRIVATE KEY} (PKCS #8), {@code RSA PRIVATE KEY} or {@code EC PRIVATE KEY}
   */
  record Key(String form, ByteBuffer der) {}

  /**
   * @throws IOException if it cannot be read
   * @throws GeneralSecurityException if it holds something else than PEM
   */
  static PemFile read(Path file) throws IOException, GeneralSecurityException {
    if (Files.size(file) > BYTES_MAX) {
      throw new GeneralSecurityException("is larger than 256 KiB");
    }
    return parse(Files.readString(file, StandardCharsets.ISO_8859_1));
  }

  private static PemFile parse(String text) throws GeneralSecurityException {
    List<X509Certificate> chain = new ArrayList<>();
    List<Key> keys = new ArrayList<>();
    Matcher begin = BEGIN.matcher(text);
    for (int at = 0; begin.find(at); ) {
      String form = begin.group(1);
      String endLine = "-----END " + form + "-----";
      int end = text.indexOf(endLine, begin.end());
      if (end < 0) {
        throw new GeneralSecurityException("lacks the line " + endLine);
      }
      take(form, text.substring(begin.end(), end), chain, keys);
      at = end + endLine.length();
    }
    return new PemFile(chain, keys);
  }

  private static void take(String form, String body, List<X509Certificate> chain, List<Key> keys)
      throws GeneralSecurityException {
    if (form.startsWith("ENCRYPTED") || body.contains("Proc-Type: 4,ENCRYPTED")) {
      throw new GeneralSecurityException("holds an encrypted key; give it without a passphrase");
    }
    boolean certificate = form.equals("CERTIFICATE");
    if (!certificate && !form.endsWith("PRIVATE KEY")) {
      return; // EC PARAMETERS, DH PARAMETERS: nothing that is needed
    }
    byte[] der;
    try {
      der = Base64.getDecoder().decode(body.replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException("holds a " + form + " that is not base64", e);
    }
    if (certificate) {
      chain.add((X509Certificate) CertificateFactory.getInstance("X.509")
          .generateCertificate(new ByteArrayInputStream(der)));
    } else {
      keys.add(new Key(form, ByteBuffer.wrap(der).asReadOnlyBuffer()));
    }
  }
}
