package appliance.edge;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/**
 * An application that takes nothing but what RFC 9112 calls a request, framed in one way, with the
 * fields that only an edge sets; it remembers what came for which client, and whatever was wrong.
 */
final class WatchfulApp implements AutoCloseable {

  private static final Set<String> NEVER =
      Set.of("connection", "keep-alive", "te", "proxy", "proxy-authorization", "http2-settings");

  final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final Map<String, List<StrictReader.Found>> seen = new ConcurrentHashMap<>();
  private final ServerSocket server;

  WatchfulApp() {
    try {
      server = new ServerSocket();
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** What came for the client at {@code address}, which is then forgotten. */
  List<StrictReader.Found> taken(String address) {
    List<StrictReader.Found> requests = seen.remove(address);
    return requests == null ? List.of() : requests;
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "watchful-app");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        daemon(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (!socket.isClosed() && one(in, socket)) {
        // the next one
      }
    } catch (IOException e) {
      // The edge gave a request up, as it must if its client sent no more.
    }
  }

  private boolean one(InputStream in, Socket socket) throws IOException {
    String head = head(in);
    if (head.isEmpty()) {
      return false;
    }
    List<String> lines = head.lines().toList();
    String[] start = lines.get(0).split(" ", -1);
    Map<String, List<String>> fields = lines.stream()
        .skip(1)
        .filter(line -> !line.isEmpty())
        .collect(Collectors.groupingBy(
            line -> line.split(":", 2)[0].toLowerCase(Locale.ROOT),
            Collectors.mapping(line -> line.split(":", 2)[1].strip(), Collectors.toList())));
    if (fields.getOrDefault("user-agent", List.of()).contains("appliance-health")) {
      write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      return false;
    }
    check(head, start, fields);
    String client = fields.getOrDefault("x-forwarded-for", List.of("nobody")).get(0);
    if (fields.containsKey("expect")) {
      write(socket, "HTTP/1.1 100 Continue\r\n\r\n");
    }
    List<StrictReader.Found> requests = seen.computeIfAbsent(
        client, key -> java.util.Collections.synchronizedList(new ArrayList<>()));
    StringBuilder body = new StringBuilder();
    boolean whole = false;
    try {
      body(in, fields, body);
      whole = true;
    } finally {
      requests.add(new StrictReader.Found(start[0], start[1], body.toString(), whole));
    }
    String text = start[0] + " " + start[1];
    write(
        socket,
        "HTTP/1.1 200 OK\r\nX-For: " + client + "\r\nX-Method: " + start[0] + "\r\nContent-Length: "
            + text.length() + "\r\n\r\n" + (start[0].equals("HEAD") ? "" : text));
    return true;
  }

  private void check(String head, String[] start, Map<String, List<String>> fields) {
    boolean clear = start.length == 3
        && start[0].matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")
        && start[1].matches("[!-~]+")
        && start[2].equals("HTTP/1.1")
        && head.substring(0, head.length() - 4)
            .lines()
            .skip(1)
            .allMatch(line -> line.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+: ?[\t -~\u0080-\u00ff]*"));
    boolean framed = fields.containsKey("transfer-encoding")
        ? fields.getOrDefault("transfer-encoding", List.of()).equals(List.of("chunked"))
            && !fields.containsKey("content-length")
        : fields.getOrDefault("content-length", List.of("0")).size() == 1;
    boolean once = fields.getOrDefault("host", List.of()).size() == 1
        && fields.getOrDefault("x-forwarded-for", List.of()).size() == 1
        && fields.getOrDefault("forwarded", List.of()).size() == 1
        && fields.getOrDefault("x-forwarded-for", List.of("")).get(0).startsWith("127.");
    boolean hop = fields.keySet().stream().anyMatch(NEVER::contains)
        && !fields.getOrDefault("connection", List.of("")).get(0).equalsIgnoreCase("upgrade");
    if (!clear || !framed || !once || hop) {
      wrong.add("reached the application: " + head);
    }
  }

  private void body(InputStream in, Map<String, List<String>> fields, StringBuilder body)
      throws IOException {
    if (!fields.containsKey("transfer-encoding")) {
      take(
          in, Long.parseLong(fields.getOrDefault("content-length", List.of("0")).get(0)), body);
      return;
    }
    long size;
    do {
      size = Long.parseLong(line(in), 16);
      take(in, size, body);
      if (!line(in).isEmpty()) {
        wrong.add("a chunk has no end");
        throw new EOFException();
      }
    } while (size > 0);
  }

  private static void take(InputStream in, long length, StringBuilder body) throws IOException {
    for (long i = 0; i < length; i++) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("within a body");
      }
      body.append((char) b);
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("within a line");
      }
      line.append((char) b);
    }
    return line.toString().strip();
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4
        || !"\r\n\r\n".contentEquals(head.subSequence(head.length() - 4, head.length()))) {
      int b = in.read();
      if (b < 0) {
        return "";
      }
      head.append((char) b);
    }
    return head.toString();
  }

  private static void write(Socket socket, String raw) throws IOException {
    socket.getOutputStream().write(raw.getBytes(StandardCharsets.ISO_8859_1));
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
