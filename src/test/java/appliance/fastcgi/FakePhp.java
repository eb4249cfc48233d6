package appliance.fastcgi;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A FastCGI server that answers each request as a test says, with every rule broken if need be. */
public final class FakePhp implements AutoCloseable {

  /** What came, and where the answer goes. */
  public record Request(Map<String, String> parameters, Socket socket) {

    public void send(byte[] bytes) throws IOException {
      OutputStream out = socket.getOutputStream();
      out.write(bytes);
      out.flush();
    }

    /** Answers as php does, and keeps the connection. */
    public void answer(String text) throws IOException {
      send(stdout("Content-Type: text/plain\r\n\r\n" + text));
      send(end(0));
    }
  }

  /** Answers one request; the connection goes on unless the socket is closed. */
  @FunctionalInterface
  public interface Script {
    void answer(Request request) throws IOException;
  }

  private final ServerSocket server;
  private final Script script;
  private final int bodyBytesMax;

  /** Whether requests are answered before their body, which is read away. */
  public volatile boolean impatient;

  final AtomicInteger accepted = new AtomicInteger();
  final AtomicInteger requests = new AtomicInteger();

  /** Whoever greets is answered when it is open. */
  volatile CountDownLatch greets = new CountDownLatch(0);

  public FakePhp(Script script) {
    this(script, Integer.MAX_VALUE);
  }

  /**
   * @param bodyBytesMax closes the connection on which more of a request's body comes
   */
  public FakePhp(Script script, int bodyBytesMax) {
    this.script = script;
    this.bodyBytesMax = bodyBytesMax;
    try {
      server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  public int port() {
    return server.getLocalPort();
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "fake-php");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        accepted.incrementAndGet();
        daemon(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      ByteArrayOutputStream parameters = new ByteArrayOutputStream();
      int body = 0;
      while (!socket.isClosed()) {
        byte[] header = in.readNBytes(8);
        if (header.length < 8) {
          return;
        }
        ByteBuffer fields = ByteBuffer.wrap(header);
        byte[] content = in.readNBytes(fields.getShort(4) & 0xffff);
        in.readNBytes(header[6]);
        switch (header[1]) {
          case Records.GET_VALUES -> {
            await(greets);
            socket.getOutputStream().write(record(Records.GET_VALUES_RESULT, 0, new byte[0], 0));
          }
          case Records.PARAMS -> {
            parameters.write(content);
            if (content.length == 0 && impatient) {
              answer(parameters, socket);
            }
          }
          case Records.STDIN -> {
            body += content.length;
            if (body > bodyBytesMax) {
              return;
            }
            if (content.length == 0 && !impatient) {
              answer(parameters, socket);
            }
          }
          default -> {}
        }
      }
    } catch (IOException e) {
      // The client has closed, which many of these tests are about.
      return;
    }
  }

  private void answer(ByteArrayOutputStream parameters, Socket socket) throws IOException {
    requests.incrementAndGet();
    script.answer(new Request(decode(parameters.toByteArray()), socket));
    parameters.reset();
  }

  public static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static Map<String, String> decode(byte[] bytes) {
    Map<String, String> decoded = new LinkedHashMap<>();
    ByteBuffer from = ByteBuffer.wrap(bytes);
    while (from.hasRemaining()) {
      int name = length(from);
      int value = length(from);
      String before = decoded.put(text(from, name), text(from, value));
      if (before != null) {
        throw new IllegalStateException("a parameter came twice: " + decoded);
      }
    }
    return decoded;
  }

  private static int length(ByteBuffer from) {
    int first = from.get(from.position());
    return first >= 0 ? from.get() : from.getInt() & 0x7fffffff;
  }

  private static String text(ByteBuffer from, int length) {
    byte[] bytes = new byte[length];
    from.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static byte[] record(int type, int id, byte[] content, int padding) {
    ByteBuffer record = ByteBuffer.allocate(8 + content.length + padding);
    record.put((byte) 1).put((byte) type).putShort((short) id);
    record.putShort((short) content.length).put((byte) padding).put((byte) 0).put(content);
    return record.array();
  }

  public static byte[] stdout(String text) {
    return record(Records.STDOUT, 1, text.getBytes(StandardCharsets.UTF_8), text.length() % 8);
  }

  static byte[] stderr(String text) {
    return record(Records.STDERR, 1, text.getBytes(StandardCharsets.UTF_8), 0);
  }

  public static byte[] end(int protocolStatus) {
    return record(
        Records.END_REQUEST, 1, new byte[] {0, 0, 0, 0, (byte) protocolStatus, 0, 0, 0}, 0);
  }

  public static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
