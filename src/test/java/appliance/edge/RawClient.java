package appliance.edge;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A client of one plain connection, which takes broken framing for no answer's end but for an error. */
public final class RawClient implements AutoCloseable {

  private static final String BEGINNING = "HTTP/1.";

  /** An answer as it came: {@code whole} unless the connection ended within it. */
  public record Reply(int status, String head, String text, boolean whole) {

    public boolean has(String header) {
      return head.toLowerCase(java.util.Locale.ROOT)
          .contains("\r\n" + header.toLowerCase(java.util.Locale.ROOT));
    }
  }

  public final Socket socket;
  public final InputStream in;

  public RawClient(int port) throws IOException {
    this(new Socket(java.net.InetAddress.getLoopbackAddress(), port));
  }

  public RawClient(Socket connected) throws IOException {
    this(connected, connected.getInputStream());
  }

  /** One that reads what comes from {@code taken}. */
  RawClient(Socket connected, InputStream taken) throws IOException {
    socket = connected;
    socket.setSoTimeout(60_000);
    socket.setTcpNoDelay(true);
    in = new java.io.BufferedInputStream(taken);
  }

  public static Reply get(int port, String path) throws IOException {
    return ask(port, "GET " + path + " HTTP/1.1\r\nHost: site.example\r\n\r\n");
  }

  /** One request on a connection of its own. */
  public static Reply ask(int port, String request) throws IOException {
    try (RawClient client = new RawClient(port)) {
      client.send(request);
      return client.reply(request.startsWith("HEAD"));
    }
  }

  /** A head of these lines. */
  public static String head(String... lines) {
    return String.join("\r\n", lines) + "\r\n\r\n";
  }

  /** A request for a WebSocket. */
  public static String upgrade(String path, String host) {
    return head(
        "GET " + path + " HTTP/1.1",
        "Host: " + host,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
  }

  public void send(String raw) throws IOException {
    socket.getOutputStream().write(raw.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  public Reply reply() throws IOException {
    return reply(false);
  }

  /** Reads one answer, interim ones included. */
  public Reply reply(boolean toHead) throws IOException {
    String head = head();
    if (head.isEmpty()) {
      return new Reply(0, "", "", false);
    }
    int status = Integer.parseInt(head.substring(9, 12));
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    boolean whole = true;
    String lower = head.toLowerCase(java.util.Locale.ROOT);
    if (toHead || status < 200 || status == 204 || status == 304) {
      return new Reply(status, head, "", true);
    }
    if (lower.contains("\r\ntransfer-encoding: chunked")) {
      whole = chunks(body);
    } else if (lower.contains("\r\ncontent-length:")) {
      String rest = lower.substring(lower.indexOf("\r\ncontent-length:") + 17);
      long length = Long.parseLong(rest.substring(0, rest.indexOf('\r')).trim());
      whole = copy(body, length);
    } else {
      whole = toEnd(body);
    }
    return new Reply(status, head, body.toString(StandardCharsets.ISO_8859_1), whole);
  }

  private boolean toEnd(ByteArrayOutputStream body) {
    try {
      body.write(in.readAllBytes());
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private boolean copy(ByteArrayOutputStream body, long length) {
    try {
      byte[] bytes = in.readNBytes((int) Math.min(length, Integer.MAX_VALUE));
      body.write(bytes);
      return bytes.length == length;
    } catch (IOException e) {
      return false;
    }
  }

  /** RFC 9112, 7.1, as the edge sends it: without extensions. */
  private boolean chunks(ByteArrayOutputStream body) {
    try {
      int size = chunkSize();
      while (size > 0) {
        if (!copy(body, size)) {
          return false;
        }
        expect(next() == '\r' && next() == '\n', "no chunk ends behind " + body.size() + " bytes");
        size = chunkSize();
      }
      for (String line = line(); !line.isEmpty(); line = line()) {
        expect(line.contains(":"), "no trailer: " + line);
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private int chunkSize() throws IOException {
    StringBuilder digits = new StringBuilder();
    int b = next();
    for (; Character.digit(b, 16) >= 0 && digits.length() < 7; b = next()) {
      digits.append((char) b);
    }
    expect(b == '\r' && next() == '\n' && !digits.isEmpty(), "no size of a chunk: " + digits);
    return Integer.parseInt(digits.toString(), 16);
  }

  private int next() throws IOException {
    int b = in.read();
    if (b < 0) {
      throw new EOFException("the connection ended");
    }
    return b;
  }

  private static void expect(boolean right, String otherwise) {
    if (!right) {
      throw new AssertionError("broken framing: " + otherwise);
    }
  }

  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("ended within a line");
      }
      line.append((char) b);
    }
    return line.toString().trim();
  }

  private String head() throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int last4 = 0;
    try {
      while (last4 != 0x0d0a0d0a) {
        int b = in.read();
        if (b < 0) {
          return "";
        }
        int at = head.size();
        expect(at >= BEGINNING.length() || b == BEGINNING.charAt(at), "no answer: " + head + b);
        head.write(b);
        last4 = last4 << 8 | b;
      }
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      return "";
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
