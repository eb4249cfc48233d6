package appliance.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Seed;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that mean no good, over raw sockets. */
final class FloodTest {

  private static final int CLIENT_MILLIS_MAX = 60_000;

  private AdminNode node;

  @BeforeEach
  void start(@TempDir Path data) {
    node = AdminNode.on(data);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void half_sent_requests_hold_no_worker() throws Exception {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 50; i++) {
        Socket socket = connect();
        slow.add(socket);
        String half = i % 2 == 0
            ? "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
            : "POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{";
        socket.getOutputStream().write(half.getBytes(StandardCharsets.US_ASCII));
      }
      assertEquals(200, new Browser(node.url()).get("/healthz").statusCode());
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void malformed_requests_are_answered_by_a_refusal_or_the_connection_s_end() throws Exception {
    for (String request : List.of(
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: not a host\r\n\r\n",
        "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        "POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        lines(
            "POST /api/login HTTP/1.1",
            "Host: localhost",
            "Content-Length: 5",
            "Transfer-Encoding: chunked",
            "",
            "0",
            ""),
        "POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n",
        "GET /" + "a".repeat(40_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\n" + "X: y\r\n".repeat(300) + "\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003")) {
      String answer = send(request);
      assertTrue(
          answer.isEmpty() || answer.matches("(?s)HTTP/1\\.[01] 4\\d\\d.*"),
          request.substring(0, Math.min(80, request.length())) + " -> " + answer);
    }
    assertEquals(200, new Browser(node.url()).get("/healthz").statusCode());
  }

  @Test
  void no_mutation_of_a_request_is_answered_with_an_error_of_ours() throws Exception {
    long seed = Seed.next();
    Random random = new Random(seed);
    byte[] whole = (lines(
                "POST /api/drain?node=b HTTP/1.1",
                "Host: localhost",
                "Cookie: appliance_session=a.b.c",
                "Authorization: Bearer abc",
                "Content-Type: application/json",
                "Content-Length: 2",
                "Connection: close",
                "")
            + "{}")
        .getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < 300; i++) {
      byte[] mutated = whole.clone();
      for (int j = random.nextInt(5); j >= 0; j--) {
        mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
      }
      String answer = send(mutated);
      assertTrue(!answer.matches("(?s)HTTP/1.. 5.*"), "seed " + seed + ", " + i + ": " + answer);
      assertTrue(!answer.matches("(?s)HTTP/1.. 2.*"), "seed " + seed + ", " + i + ": " + answer);
    }
    assertEquals(List.of(), node.commands);
    assertEquals(200, new Browser(node.url()).get("/healthz").statusCode());
  }

  private static String lines(String... lines) {
    return String.join("\r\n", lines) + "\r\n";
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.url().getPort());
    socket.setSoTimeout(CLIENT_MILLIS_MAX);
    return socket;
  }

  private String send(String request) throws IOException {
    return send(request.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The answer, or nothing if the server ended the connection or waits for more. */
  private String send(byte[] request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request);
      socket.shutdownOutput();
      InputStream in = socket.getInputStream();
      return new String(in.readNBytes(4000), StandardCharsets.UTF_8);
    } catch (java.net.SocketException e) {
      return ""; // reset
    }
  }
}
