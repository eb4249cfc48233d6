package appliance.cluster.join;

import appliance.cluster.state.Wire;
import appliance.model.Fingerprint;
import appliance.trust.JoinSecret;
import appliance.trust.JoinSecret.Ends;
import appliance.trust.JoinSecret.Role;
import appliance.trust.Refusal;
import appliance.trust.TlsServerSocket;
import appliance.trust.TlsSocket;
import appliance.trust.Trust;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a node answers who it is to others that look for a cluster: a nonce, one question and one answer
 * per connection, each four bytes of length and then bytes, over TLS that takes any key. The port's own
 * threads answer; whoever is slow, sends garbage or comes too often loses the connection.
 */
public final class DiscoveryServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DiscoveryServer.class);

  /** From the node's port to this one. */
  public static final int PORT_OFFSET = 4;

  private static final int QUESTION_MILLIS_MAX = 1000;

  private final String cluster;
  private final Trust trust;
  private final Answers answers;
  private final SecureRandom random = new SecureRandom();
  private final TlsServerSocket server;

  /** What is known about whoever asks. */
  public record Caller(InetAddress address, Fingerprint key, Standing standing) {}

  /** What its proof has shown. */
  enum Standing {
    PROVEN,
    WRONG,
    NO_PROOF
  }

  /** Makes an answer, without its proof, out of a question. */
  @FunctionalInterface
  public interface Answers {
    Greeting.Answer to(Greeting.Question question, Caller caller);
  }

  /** Not open yet. */
  public DiscoveryServer(String cluster, Trust trust, Answers answers) throws IOException {
    this.cluster = cluster;
    this.trust = trust;
    this.answers = answers;
    server = trust.serverSocketForAnyone(this::serve);
  }

  /** Takes the port. */
  public void open(InetAddress bind, int port) throws IOException {
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(bind, port));
  }

  private void serve(TlsSocket socket) {
    try (socket) {
      socket.setSoTimeout(QUESTION_MILLIS_MAX);
      byte[] nonce = nonce(random);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      write(out, nonce);
      byte[] question = read(new DataInputStream(socket.getInputStream()));
      write(out, answer(socket, nonce, Greeting.Question.decode(question)).encode());
    } catch (IOException | RuntimeException e) {
      trust
          .refusals()
          .count(socket.getInetAddress(), Refusal.BROKEN, String.valueOf(e.getMessage()));
      log.debug("A question on the cluster's port was not answered", e);
    }
  }

  private Greeting.Answer answer(TlsSocket socket, byte[] nonce, Greeting.Question question) {
    Ends ends = new Ends(socket.peer(), trust.fingerprint(), question.proof().nonce(), nonce);
    Optional<JoinSecret> secret = trust.secret();
    Standing standing = Standing.NO_PROOF;
    if (question.proof().isThere()) {
      boolean right = question.name().equals(cluster)
          && secret.isPresent()
          && secret.get().proves(question.proof().bytes(), Role.ASKS, cluster, ends);
      standing = right ? Standing.PROVEN : Standing.WRONG;
    }
    Greeting.Answer answer =
        answers.to(question, new Caller(socket.getInetAddress(), socket.peer(), standing));
    if (standing != Standing.PROVEN) {
      return answer; // a proof in vain would only help to guess the secret
    }
    byte[] proof = secret.orElseThrow().proof(Role.ANSWERS, cluster, ends);
    return answer.with(new Greeting.Proof(nonce, proof));
  }

  static byte[] nonce(SecureRandom random) {
    byte[] nonce = new byte[JoinSecret.NONCE_BYTES];
    random.nextBytes(nonce);
    return nonce;
  }

  static byte[] read(DataInputStream in) throws IOException {
    byte[] bytes = new byte[Wire.length(in, Greeting.BYTES_MAX)];
    in.readFully(bytes);
    return bytes;
  }

  static void write(DataOutputStream out, byte[] bytes) throws IOException {
    byte[] framed = new byte[bytes.length + 4];
    ByteBuffer.wrap(framed).putInt(bytes.length).put(bytes);
    out.write(framed);
    out.flush();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      log.debug("The cluster's port was closed already", e);
    }
  }
}
