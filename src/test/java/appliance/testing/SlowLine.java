package appliance.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A way to a server on this machine that can be made to stand still: what the server sends meanwhile is not
 * lost, it comes later. Each connection has two threads, which end with it.
 */
public final class SlowLine implements AutoCloseable {

  private static final int BUFFER_BYTES = 8192;

  private final ServerSocket entrance;
  private final int to;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private boolean held;

  /**
   * @param to the server's port
   */
  public SlowLine(int to) {
    this.to = to;
    try {
      entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(this::accept);
  }

  /** Where clients connect. */
  public int port() {
    return entrance.getLocalPort();
  }

  /** Lets nothing of the server through. */
  public synchronized void hold() {
    held = true;
  }

  /** Lets through what has come, and all that comes. */
  public synchronized void release() {
    held = false;
    notifyAll();
  }

  private synchronized void pass() throws InterruptedException {
    while (held) {
      wait();
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "slow-line");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = entrance.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), to);
        sockets.addAll(List.of(client, server));
        start(() -> copy(client, server, false));
        start(() -> copy(server, client, true));
      }
    } catch (IOException e) {
      close(); // it was closed, or its server is gone: so is the line
    }
  }

  private void copy(Socket from, Socket into, boolean slow) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (from;
        into) {
      InputStream in = from.getInputStream();
      OutputStream out = into.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (slow) {
          pass();
        }
        out.write(buffer, 0, read);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      sockets.removeAll(List.of(from, into)); // one side has ended, and both are closed
    }
  }

  @Override
  public void close() {
    release();
    try {
      entrance.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
