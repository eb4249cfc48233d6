package appliance.testing;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One HTTP/1.1 connection that sends exactly what it is told, any Host and any path, and never retries
 * behind the caller's back.
 */
public final class Http implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 60_000;

  private final Socket socket;
  private final InputStream in;
  private final String host;

  /** Connects to the loopback; {@code host} is sent unless a request says otherwise. */
  public Http(int port) throws IOException {
    socket = new Socket();
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    in = new java.io.BufferedInputStream(socket.getInputStream());
    host = "127.0.0.1:" + port;
  }

  /** A response, read to its end. Header names are in lower case. */
  public static final class Reply {

    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    Reply(int status, Map<String, String> headers, byte[] body) {
      this.status = status;
      this.headers = Map.copyOf(headers);
      this.body = body;
    }

    public int status() {
      return status;
    }

    public byte[] body() {
      return body;
    }

    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /** Whether the server will take no further request on this connection. */
    public boolean isLast() {
      return "close".equalsIgnoreCase(header("connection"));
    }

    @Override
    public String toString() {
      return status + " " + headers + " " + (body.length > 300 ? body.length + " bytes" : text());
    }
  }

  /** One request on a connection of its own. */
  public static Reply get(int port, String path) throws IOException {
    try (Http http = new Http(port)) {
      return http.send("GET", path, Map.of("connection", "close"), new byte[0]);
    }
  }

  /** One request on a connection of its own, with headers as given; {@code host} may be among them. */
  public static Reply request(
      int port, String method, String path, Map<String, String> headers, byte[] body)
      throws IOException {
    try (Http http = new Http(port)) {
      Map<String, String> closing = new LinkedHashMap<>(headers);
      closing.put("connection", "close");
      return http.send(method, path, closing, body);
    }
  }

  /** Sends a request and reads its response. */
  public Reply send(String method, String path, Map<String, String> headers, byte[] body)
      throws IOException {
    StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putIfAbsent("host", host);
    if (body.length > 0 || "POST".equals(method)) {
      all.put("content-length", String.valueOf(body.length));
    }
    all.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    head.append("\r\n");
    ByteArrayOutputStream request = new ByteArrayOutputStream(head.length() + body.length);
    request.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    request.writeBytes(body);
    request.writeTo(socket.getOutputStream());
    return read(method);
  }

  private Reply read(String method) throws IOException {
    String[] statusLine = line().split(" ", 3);
    if (statusLine.length < 2 || !statusLine[0].startsWith("HTTP/1.")) {
      throw new IOException("not a response: " + String.join(" ", statusLine));
    }
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip());
    }
    int status = Integer.parseInt(statusLine[1]);
    boolean bodiless = "HEAD".equals(method) || status == 204 || status == 304 || status < 200;
    return new Reply(status, headers, bodiless ? new byte[0] : body(headers));
  }

  private byte[] body(Map<String, String> headers) throws IOException {
    if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
      return chunks();
    }
    String length = headers.get("content-length");
    return length == null ? in.readAllBytes() : exactly(Integer.parseInt(length));
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = chunkSize(); size > 0; size = chunkSize()) {
      body.writeBytes(exactly(size));
      line();
    }
    line();
    return body.toByteArray();
  }

  private int chunkSize() throws IOException {
    return Integer.parseInt(line().split(";", 2)[0].strip(), 16);
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("body ended after " + bytes.length + " of " + length + " bytes");
    }
    return bytes;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException(
            line.isEmpty() ? "closed instead of a response" : "closed after " + line);
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
