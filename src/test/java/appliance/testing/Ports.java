package appliance.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Free ports of the loopback, below those that the kernel gives to outgoing connections. */
public final class Ports {

  private static final int FIRST = 11_000;
  private static final int LAST = 31_000;
  private static final int TRIES_MAX = 200;

  private Ports() {}

  /** One port that nothing listens on. */
  public static int free() {
    return block(1);
  }

  /** The first of {@code count} neighbouring ports that nothing listens on. */
  public static int block(int count) {
    for (int i = 0; i < TRIES_MAX; i++) {
      int first = ThreadLocalRandom.current().nextInt(FIRST, LAST);
      if (allFree(first, count)) {
        return first;
      }
    }
    throw new AssertionError("no " + count + " neighbouring ports are free");
  }

  private static boolean allFree(int first, int count) {
    for (int port = first; port < first + count; port++) {
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }
}
