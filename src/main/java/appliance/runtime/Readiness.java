package appliance.runtime;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how far the process is, by the protocol of {@code sd_notify(3)}; does nothing where
 * there is no {@code NOTIFY_SOCKET}. Any thread may call it.
 */
public final class Readiness {

  private static final Logger log = LoggerFactory.getLogger(Readiness.class);

  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int ADDRESS_BYTES_MAX = 110;

  private final String socket;

  public Readiness(Map<String, String> environment) {
    socket = environment.getOrDefault("NOTIFY_SOCKET", "");
  }

  /** Whether someone wants to know. */
  public boolean heard() {
    return !socket.isEmpty();
  }

  /**
   * The start goes on and may take {@code more} from now: without a word systemd ends what starts too long.
   *
   * @param wait what is waited for; empty if that is not known
   */
  public void starting(Duration more, String wait) {
    String status = wait.isEmpty() ? "the log says what is waited for" : wait;
    send("EXTEND_TIMEOUT_USEC=" + TimeUnit.MILLISECONDS.toMicros(more.toMillis())
        + "\nSTATUS=starting; " + status.replaceAll("\\p{Cntrl}", " "));
  }

  /** The node serves. */
  public void ready() {
    send("READY=1\nSTATUS=serving");
  }

  /** The node is on its way out, and may take a moment. */
  public void stopping() {
    send("STOPPING=1");
  }

  private void send(String state) {
    if (socket.isEmpty()) {
      return;
    }
    try {
      send(Native.load("c", LibC.class), state.getBytes(StandardCharsets.UTF_8));
    } catch (LinkageError | IllegalArgumentException e) {
      log.warn("systemd was not told {}: {}", state, e.toString());
    }
  }

  private void send(LibC libc, byte[] state) {
    int descriptor = libc.socket(AF_UNIX, SOCK_DGRAM, 0);
    try (Memory address = address()) {
      int sent = libc.sendto(descriptor, state, state.length, 0, address, (int) address.size());
      if (sent != state.length) {
        log.warn("systemd was not told {}", new String(state, StandardCharsets.UTF_8));
      }
    } finally {
      libc.close(descriptor);
    }
  }

  /** A {@code sockaddr_un}: the family, then the path; '@' stands for the abstract namespace's NUL. */
  private Memory address() {
    byte[] path = socket.getBytes(StandardCharsets.UTF_8);
    if (path.length + 2 > ADDRESS_BYTES_MAX) {
      throw new IllegalArgumentException("NOTIFY_SOCKET is too long: " + socket);
    }
    if (path[0] == '@') {
      path[0] = 0;
    }
    Memory address = new Memory(path.length + 2L);
    address.setShort(0, (short) AF_UNIX);
    address.write(2, path, 0, path.length);
    return address;
  }

  /** The three calls of libc that this needs. */
  interface LibC extends Library {
    int socket(int domain, int type, int protocol);

    int sendto(int descriptor, byte[] data, long length, int flags, Pointer to, int toLength);

    int close(int descriptor);
  }
}
