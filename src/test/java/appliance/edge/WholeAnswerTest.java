package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that reads slowly gets all of an answer that came before the end of its body. */
final class WholeAnswerTest {

  /** More than a small receive buffer takes, and less than the socket's send buffer does. */
  private static final int LENGTH = 60_000;

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.0", "HTTP/1.1"})
  void the_client_ends_within_its_body(String version) throws Exception {
    assertEquals(LENGTH, taken(version, Socket::shutdownOutput));
  }

  @Test
  void the_client_sends_no_more() throws Exception {
    assertEquals(LENGTH, taken("HTTP/1.1", socket -> {}));
  }

  private interface Then {

    void on(Socket socket) throws Exception;
  }

  /** The bytes of content that the client reads once the edge has done with its request. */
  private static int taken(String version, Then then) throws Exception {
    try (RawApp app = new RawApp(request -> {
          request.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
              + Integer.toHexString(LENGTH)
              + "\r\n"
              + "x".repeat(LENGTH)
              + "\r\n0\r\n\r\n");
          request.in().readAllBytes(); // until its connection is closed
        });
        Site site = new Site(app);
        Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), site.port()));
      RawClient client = new RawClient(socket);
      client.send(RawClient.head("POST / " + version, "Host: x", "Content-Length: 10") + "12345");
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      answer.write(client.in.readNBytes(15)); // its head is on its way
      then.on(socket);
      WaitingApp.awaitNothingUnderWay(site);
      answer.write(client.in.readAllBytes());
      String text = answer.toString(StandardCharsets.ISO_8859_1);
      return (int)
          text.substring(text.indexOf("\r\n\r\n")).chars().filter(c -> c == 'x').count();
    }
  }
}
