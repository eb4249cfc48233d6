package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** WebSockets through the edge. */
final class EdgeWebSocketTest {

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  /** Echoes binary frames, unmasked. */
  static RawApp echo() {
    return new RawApp(request -> {
      accept(request);
      while (frame(request)) {
        // until the client closes
      }
      throw new IOException("closed");
    });
  }

  private static void accept(RawApp.Request request) throws IOException {
    String key = request.head().split("(?i)sec-websocket-key: ", -1)[1].split("\r\n", -1)[0];
    try {
      byte[] hash = MessageDigest.getInstance("SHA-1")
          .digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
      request.write(RawClient.head(
          "HTTP/1.1 101 Switching Protocols",
          "Upgrade: websocket",
          "Connection: Upgrade",
          "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(hash)));
    } catch (NoSuchAlgorithmException e) {
      throw new IOException(e);
    }
  }

  private static boolean frame(RawApp.Request request) throws IOException {
    int first = request.in().read();
    if (first < 0) {
      return false;
    }
    int length = request.in().read() & 0x7f;
    int size = length < 126
        ? length
        : new java.math.BigInteger(1, request.in().readNBytes(length == 126 ? 2 : 8)).intValue();
    byte[] mask = request.in().readNBytes(4);
    byte[] data = request.in().readNBytes(size);
    for (int i = 0; i < data.length; i++) {
      data[i] ^= mask[i % 4];
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first);
    if (size < 126) {
      out.write(size);
    } else {
      out.write(127);
      out.write(ByteBuffer.allocate(8).putLong(size).array());
    }
    out.write(data);
    OutputStream to = request.out();
    to.write(out.toByteArray());
    to.flush();
    return (first & 0xf) != 8;
  }

  /** Collects whole messages; "closed CODE" at the end. */
  static final class Messages implements WebSocket.Listener {

    final BlockingQueue<String> queue = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      message.writeBytes(bytes);
      if (last) {
        queue.add(message.toString(StandardCharsets.ISO_8859_1));
        message.reset();
      }
      socket.request(1);
      return java.util.concurrent.CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      queue.add("closed " + code);
      return java.util.concurrent.CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      queue.add("error " + error);
    }

    String next() throws InterruptedException {
      String message = queue.poll(60, TimeUnit.SECONDS);
      return message == null ? "nothing" : message;
    }
  }

  static WebSocket open(Site site, Messages messages) {
    return HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .buildAsync(URI.create("ws://127.0.0.1:" + site.port() + "/socket"), messages)
        .join();
  }

  @Test
  void frames_pass_both_ways_and_the_close_too() throws Exception {
    try (RawApp app = echo();
        Site site = new Site(app)) {
      Messages messages = new Messages();
      WebSocket socket = open(site, messages);
      for (int size : new int[] {1, 100, 200_000, 3_000_000, 7}) {
        String text = "x".repeat(size);
        socket
            .sendBinary(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)), true)
            .join();
        assertEquals(text, messages.next());
      }
      assertEquals(1, site.active(0));
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
      assertEquals("closed 1000", messages.next());
      Site.await(
          "the tunnel is gone",
          () -> site.active(0) == 0 && site.status("upstreamConnections").intValue() == 0);
    }
  }

  @Test
  void a_dead_application_ends_the_socket() throws Exception {
    try (RawApp app = echo();
        Site site = new Site(app)) {
      Messages messages = new Messages();
      WebSocket socket = open(site, messages);
      socket.sendBinary(ByteBuffer.wrap(new byte[] {'a'}), true).join();
      assertEquals("a", messages.next());
      app.kill();
      String end = messages.next();
      assertTrue(end.startsWith("error") || end.startsWith("closed 1006"), end);
    }
  }

  @Test
  void a_drain_closes_sockets_with_1001_between_two_frames() throws Exception {
    try (RawApp app = echo();
        RawApp other = echo();
        Site site = new Site(other, app)) {
      Messages first = new Messages();
      Messages second = new Messages();
      WebSocket one = open(site, first);
      WebSocket two = open(site, second);
      one.sendBinary(ByteBuffer.wrap(new byte[300_000]), true).join();
      two.sendBinary(ByteBuffer.wrap(new byte[300_000]), true).join();
      assertEquals(300_000, first.next().length());
      assertEquals(300_000, second.next().length());
      site.state(1, appliance.model.MemberState.DRAINING);
      Site.await("one socket was sent away", () -> first.queue.size() + second.queue.size() == 1);
      assertEquals("closed 1001", first.queue.isEmpty() ? second.next() : first.next());
      Site.await("nothing under way", () -> site.active(1) == 0);
      assertEquals(1, site.active(0));
    }
  }

  @Test
  void a_draining_node_opens_sockets_by_the_others() throws Exception {
    try (RawApp own = echo();
        RawApp other = echo();
        Site site = new Site(own, other)) {
      site.state(0, appliance.model.MemberState.DRAINING);
      Site.await("the draining", () -> site.edge.rotation().draining());
      Messages messages = new Messages();
      WebSocket socket = open(site, messages);
      socket.sendBinary(ByteBuffer.wrap(new byte[] {'a'}), true).join();
      assertEquals("a", messages.next());
    }
  }
}
