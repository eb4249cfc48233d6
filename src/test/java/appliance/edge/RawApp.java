package appliance.edge;

import appliance.testing.Ports;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An application of plain sockets: one thread a connection, every byte of an answer the test's own. */
public final class RawApp implements AutoCloseable {

  /** Answers one request; throwing closes the connection. */
  @FunctionalInterface
  public interface Answer {

    void to(Request request) throws IOException, InterruptedException;
  }

  /**
   * A request whose head is read.
   *
   * @param number of the request on its connection, from 1
   */
  public record Request(String head, int number, InputStream in, OutputStream out, Socket socket) {

    String line() {
      return head.substring(0, head.indexOf("\r\n"));
    }

    public String path() {
      return line().split(" ", -1)[1];
    }

    long length() {
      for (String line : head.split("\r\n", -1)) {
        if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
          return Long.parseLong(line.substring(15).trim());
        }
      }
      return 0;
    }

    public byte[] body() throws IOException {
      if (!head.toLowerCase(java.util.Locale.ROOT).contains("transfer-encoding: chunked")) {
        return in.readNBytes((int) length());
      }
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      int size;
      do {
        size = Integer.parseInt(textLine(), 16);
        body.write(in.readNBytes(size));
        in.readNBytes(2);
      } while (size > 0);
      return body.toByteArray();
    }

    private String textLine() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int b = in.read(); b != '\r'; b = in.read()) {
        if (b < 0) {
          throw new EOFException("ended within a chunk's size");
        }
        line.append((char) b);
      }
      in.read();
      return line.toString();
    }

    public void write(String raw) throws IOException {
      out.write(raw.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    public void ok(String body) throws IOException {
      write("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }
  }

  public final AtomicInteger requests = new AtomicInteger();
  final AtomicInteger checks = new AtomicInteger();

  /** Those of them that a relay passed on: it leaves out what is said of the connection to itself. */
  final AtomicInteger relayedChecks = new AtomicInteger();

  volatile String lastCheck = "";
  final AtomicInteger connections = new AtomicInteger();
  public final List<String> heads = new CopyOnWriteArrayList<>();
  public volatile int healthStatus = 200;

  /** Lines of its answer to a check, each with its end. */
  volatile String healthLines = "";

  private final Answer answer;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Listener listener;
  /** Of those that are no outgoing connection's, so that it can be had again. */
  private final int port;

  public RawApp(Answer answer) {
    this.answer = answer;
    port = Ports.free();
    listener = listen(port);
  }

  /** One that answers each request with the same text. */
  public static RawApp saying(String text) {
    return new RawApp(request -> {
      request.body();
      request.ok(text);
    });
  }

  /** One that upgrades each request's connection, and then reads from it until it ends. */
  public static RawApp upgrading() {
    return new RawApp(request -> {
      request.write(RawClient.head(
          "HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: websocket"));
      request.in().readAllBytes();
    });
  }

  private record Listener(ServerSocket socket, Thread accepting) {}

  private Listener listen(int on) {
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), on), 4096);
      Thread thread = new Thread(() -> accept(socket), "app-" + socket.getLocalPort());
      thread.setDaemon(true);
      thread.start();
      return new Listener(socket, thread);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        open.add(connection);
        if (socket.isClosed()) {
          // A last one slipped in while the listener was being closed.
          cut(connection);
          return;
        }
        Thread thread = new Thread(() -> serve(connection), "app-connection");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int number = 1; ; number++) {
        String head = head(in);
        if (head.isEmpty()) {
          return;
        }
        Request request = new Request(head, number, in, socket.getOutputStream(), socket);
        if (head.contains("User-Agent: appliance-health")) {
          lastCheck = head;
          checks.incrementAndGet();
          relayedChecks.addAndGet(head.contains("Connection: close") ? 0 : 1);
          // A check by way of a relay leaves no connection behind that a killed one would cut.
          request.write("HTTP/1.1 " + healthStatus + " X\r\n" + healthLines
              + "Connection: close\r\nContent-Length: 0\r\n\r\n");
          return;
        }
        connections.addAndGet(number == 1 ? 1 : 0);
        requests.incrementAndGet();
        heads.add(head);
        answer.to(request);
      }
    } catch (IOException e) {
      // The test or the edge ended the connection.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int last4 = 0;
    while (last4 != 0x0d0a0d0a) {
      int b = in.read();
      if (b < 0) {
        return "";
      }
      head.write(b);
      last4 = last4 << 8 | b;
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  int port() {
    return port;
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** As if the process were killed: no listener, all connections cut. */
  public void kill() {
    try {
      listener.socket.close();
      listener.accepting.join(); // while it waits in the kernel the port still takes connections
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    open.forEach(RawApp::cut);
  }

  private static void cut(Socket connection) {
    try (connection) {
      connection.setSoLinger(true, 0);
    } catch (IOException e) {
      // It was closed at the same moment.
    }
  }

  void revive() {
    Site.await("the port is free", () -> {
      try {
        listener = listen(port);
        return true;
      } catch (UncheckedIOException e) {
        return false;
      }
    });
  }

  @Override
  public void close() {
    kill();
  }
}
