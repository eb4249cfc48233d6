package appliance.testing;

import java.io.ByteArrayOutputStream;
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

  /** Sends a GET of {@code path} to a port of this machine. */
  public SlowReader(int port, String path) throws IOException {
    socket.setReceiveBufferSize(RECEIVE_BYTES);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    String head = "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
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
