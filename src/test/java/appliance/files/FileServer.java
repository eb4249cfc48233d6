package appliance.files;

import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.xnio.Options;

/** A real listener with one handler, and raw requests to it. */
final class FileServer implements Closeable {

  /** What stands behind the files in these tests. */
  static final HttpHandler NEXT = exchange -> {
    exchange.setStatusCode(299);
    exchange.getResponseSender().send("next");
  };

  /** Long ago, so that nothing changed just now. */
  static final Instant MODIFIED = Instant.parse("2026-01-02T03:04:05.678901Z");

  static final String LAST_MODIFIED = "Fri, 02 Jan 2026 03:04:05 GMT";

  private final Undertow server;
  private final int port;

  FileServer(HttpHandler handler) {
    this(Undertow.builder(), handler);
  }

  /** With sockets that take {@code sendBytes} at once, or little more. */
  FileServer(HttpHandler handler, int sendBytes) {
    this(Undertow.builder().setSocketOption(Options.SEND_BUFFER, sendBytes), handler);
  }

  private FileServer(Undertow.Builder builder, HttpHandler handler) {
    server = builder.addHttpListener(0, "127.0.0.1", handler).setIoThreads(2).build();
    server.start();
    port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
  }

  static Path write(Path folder, String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Path parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.write(file, content);
    Files.setLastModifiedTime(file, FileTime.from(MODIFIED));
    return file;
  }

  static Path write(Path folder, String name, String content) throws IOException {
    return write(folder, name, content.getBytes(StandardCharsets.UTF_8));
  }

  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(60_000);
    return socket;
  }

  /** Sends a GET with the header lines given and reads to the end. */
  RawResponse get(String target, String... fields) throws IOException {
    return send("GET", target, fields);
  }

  RawResponse send(String method, String target, String... fields) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request(method, target, fields));
      return RawResponse.parse(readAll(socket.getInputStream()));
    }
  }

  static byte[] request(String method, String target, String... fields) {
    StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: x\r\n");
    for (String field : fields) {
      request.append(field).append("\r\n");
    }
    request.append("Connection: close\r\n\r\n");
    return request.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** What came until the end, even if that was a reset. */
  static byte[] readAll(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[65536];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        all.write(buffer, 0, n);
      }
    } catch (java.net.SocketException e) {
      return all.toByteArray();
    }
    return all.toByteArray();
  }

  @Override
  public void close() {
    server.stop();
  }
}
