package appliance.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Free ports of the loopback, below those that the kernel gives to outgoing connections. They are given
 * out one after the other: drawn by chance, those of two nodes of one test overlapped once in a while.
 */
public final class Ports {

  private static final int COUNT = 10_000;

  /** Each of the two processes that run the tests beside each other has its own. */
  private static final int FIRST =
      11_000 + COUNT * (Integer.getInteger("surefire.forkNumber", 1) % 2);

  private static final int TRIES_MAX = 200;

  /** Begins anywhere, as another test process may run on this machine. */
  private static final AtomicInteger GIVEN =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

  private Ports() {}

  /** One port that nothing listens on. */
  public static int free() {
    return block(1);
  }

  /** The first of {@code count} neighbouring ports that nothing listens on. */
  public static int block(int count) {
    for (int i = 0; i < TRIES_MAX; i++) {
      int first = FIRST + Math.floorMod(GIVEN.getAndAdd(count), COUNT);
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
