package appliance.cluster;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a node answers who it is to others that look for a cluster: one question and one answer per
 * connection, each four bytes of length and then a {@link Greeting}. Its own thread accepts, a few
 * others answer; whoever is slow, sends garbage or comes too often loses the connection.
 */
final class Doorbell implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Doorbell.class);

  static final int PORT_OFFSET = 4;
  private static final int ANSWERING_MAX = 16;
  private static final int QUESTION_MILLIS_MAX = 1000;

  private final UnaryOperator<byte[]> answers;
  private final ServerSocket server = new ServerSocket();
  private final ThreadPoolExecutor workers = new ThreadPoolExecutor(
      0, ANSWERING_MAX, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), Doorbell::daemon);
  private @Nullable Thread acceptor;

  /** Answers with what {@code answers} makes of a question; null if it is not one. */
  Doorbell(UnaryOperator<byte[]> answers) throws IOException {
    this.answers = answers;
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "cluster-doorbell");
    thread.setDaemon(true);
    return thread;
  }

  void open(InetAddress bind, int port) throws IOException {
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(bind, port), 64);
    acceptor = daemon(this::accept);
    acceptor.start();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        try {
          workers.execute(() -> serve(socket));
        } catch (RejectedExecutionException e) {
          socket.close();
        }
      } catch (IOException e) {
        if (!server.isClosed()) {
          log.warn("A connection to the cluster's port was lost at once: {}", e.getMessage());
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setSoTimeout(QUESTION_MILLIS_MAX);
      byte[] answer = answers.apply(read(new DataInputStream(socket.getInputStream())));
      write(new DataOutputStream(socket.getOutputStream()), answer);
    } catch (IOException | RuntimeException e) {
      log.debug("A question on the cluster's port was not answered", e);
    }
  }

  static byte[] read(DataInputStream in) throws IOException {
    byte[] bytes = new byte[Wire.length(in, Greeting.BYTES_MAX)];
    in.readFully(bytes);
    return bytes;
  }

  static void write(DataOutputStream out, byte[] bytes) throws IOException {
    byte[] framed = new byte[bytes.length + 4];
    java.nio.ByteBuffer.wrap(framed).putInt(bytes.length).put(bytes);
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
    workers.shutdownNow();
    if (acceptor != null) {
      try {
        acceptor.join(1000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
