package appliance.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A client that asks for something and takes hardly any of the answer before it is told to. */
public final class SlowReader implements AutoCloseable {

  private static final int RECEIVE_BYTES = 4096;
  private static final int PATIENCE_MILLIS = 60_000;

  private final Socket socket = new Socket();

  /** Sends a GET of {@code path} to a port of this machine, as its last. */
  public SlowReader(int port, String path) throws IOException {
    this(port, path, "Connection: close\r\n");
  }

  /** The same of one that keeps its connection, so that an answer of unknown length comes in chunks. */
  public static SlowReader thatStays(int port, String path) throws IOException {
    return new SlowReader(port, path, "");
  }

  private SlowReader(int port, String path, String field) throws IOException {
    socket.setReceiveBufferSize(RECEIVE_BYTES);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    String head = "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + field + "\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
  }

  /** The body of an answer that comes in chunks without extensions and trailers (RFC 9112, 7.1). */
  public String chunks() throws IOException {
    InputStream in = new BufferedInputStream(socket.getInputStream());
    while (!line(in).isEmpty()) {
      // its head
    }
    StringBuilder body = new StringBuilder();
    int length;
    do {
      length = Integer.parseInt(line(in), 16);
      body.append(new String(in.readNBytes(length), StandardCharsets.US_ASCII));
      String end = line(in);
      if (!end.isEmpty()) {
        throw new IOException("behind " + body.length() + " bytes no chunk ends: " + end);
      }
    } while (length > 0);
    return body.toString();
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the answer ends within a line");
      }
      line.append((char) c);
    }
    return line.toString().stripTrailing();
  }

  /** What comes up to the connection's end, which may be a reset. */
  public byte[] rest() throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] bytes = new byte[1000];
    try {
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        all.write(bytes, 0, n);
      }
    } catch (SocketException reset) {
      return all.toByteArray();
    }
    return all.toByteArray();
  }

  /** Leaves, by a reset if there is something unread. */
  @Override
  public void close() throws IOException {
    socket.close();
  }
}
