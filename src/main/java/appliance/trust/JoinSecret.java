package appliance.trust;

import appliance.model.Fingerprint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What lets a node into the cluster without anyone's asking. It never crosses the network before both
 * sides have proven that they have it, and then only inside TLS.
 *
 * @param text 16 to 256 printable characters without space
 */
public record JoinSecret(String text) {

  /** In the data folder. */
  public static final String FILE = "secret";

  public static final int CHARACTERS_MIN = 16;
  public static final int CHARACTERS_MAX = 256;
  public static final int NONCE_BYTES = 32;
  public static final int PROOF_BYTES = 32;

  private static final int RANDOM_BYTES = 24;
  private static final int FILE_BYTES_MAX = 4096;

  public JoinSecret {
    boolean printable = text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    if (text.length() < CHARACTERS_MIN || text.length() > CHARACTERS_MAX || !printable) {
      throw new IllegalArgumentException("a secret has " + CHARACTERS_MIN + " to " + CHARACTERS_MAX
          + " printable characters without a space; make one with: openssl rand -base64 24");
    }
  }

  public static JoinSecret generate() {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    return new JoinSecret(Base64.getUrlEncoder().withoutPadding().encodeToString(random));
  }

  /**
   * Reads a file's first line.
   *
   * @throws IOException if it cannot be read or holds no secret
   */
  public static JoinSecret read(Path file) throws IOException {
    if (Files.size(file) > FILE_BYTES_MAX) {
      throw new IOException(file + " is too long for a secret");
    }
    try {
      return new JoinSecret(
          Files.readString(file).lines().findFirst().orElse("").strip());
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " holds no secret: " + e.getMessage(), e);
    }
  }

  /** The one in the data folder. */
  public static Optional<JoinSecret> kept(Path data) throws IOException {
    Path file = data.resolve(FILE);
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    PrivateFile.own(file);
    return Optional.of(read(file));
  }

  /** Writes it into the data folder, for its owner alone. */
  public void keep(Path data) throws IOException {
    if (!kept(data).equals(Optional.of(this))) {
      PrivateFile.write(data.resolve(FILE), text + "\n");
    }
  }

  /** Who proves, so that one side's proof is never the other's. */
  public enum Role {
    ASKS(1),
    ANSWERS(2);

    private final byte mark;

    Role(int mark) {
      this.mark = (byte) mark;
    }
  }

  /** The two ends of the connection that a proof is for: both keys, and random bytes of both sides. */
  public static final class Ends {

    private final byte[] message;

    public Ends(Fingerprint client, Fingerprint server, byte[] clientNonce, byte[] serverNonce) {
      int length = 2 * Fingerprint.BYTES + 4 + clientNonce.length + serverNonce.length;
      ByteBuffer all = ByteBuffer.allocate(length);
      all.put(client.bytes()).put(server.bytes());
      all.putInt(clientNonce.length).put(clientNonce).put(serverNonce);
      message = all.array();
    }
  }

  /**
   * Shows that the prover has the secret, to these two keys and for this connection only: both keys are
   * those of the TLS handshake, so whoever stands between the two proves nothing by passing it on.
   */
  public byte[] proof(Role role, String cluster, Ends ends) {
    byte[] name = cluster.getBytes(StandardCharsets.UTF_8);
    ByteBuffer message = ByteBuffer.allocate(1 + 4 + name.length + ends.message.length);
    message.put(role.mark).putInt(name.length).put(name).put(ends.message);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(text.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return mac.doFinal(message.array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA256", e);
    }
  }

  public boolean proves(byte[] proof, Role role, String cluster, Ends ends) {
    return MessageDigest.isEqual(proof, proof(role, cluster, ends));
  }

  /** Not to be logged. */
  @Override
  public String toString() {
    return "(a secret)";
  }
}
