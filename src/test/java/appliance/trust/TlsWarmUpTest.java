package appliance.trust;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Clock;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node's handshake with itself. */
final class TlsWarmUpTest {

  @TempDir
  Path folder;

  private NodeKey key() throws Exception {
    return NodeKey.readOrMake(folder, Clock.systemUTC().instant());
  }

  private static Tls tls(NodeKey key, boolean accepts) throws Exception {
    Refusals refusals = new Refusals();
    KeyCheck check = new KeyCheck(k -> accepts, Clock.systemUTC(), refusals);
    return new Tls(key, check, refusals);
  }

  @Test
  void both_ends_agree() throws Exception {
    assertTrue(new TlsWarmUp(tls(key(), true)).run());
  }

  @Test
  void a_key_that_nobody_takes_fails() throws Exception {
    TlsWarmUp refused = new TlsWarmUp(tls(key(), false));
    assertThrows(SSLException.class, refused::run);
  }
}
