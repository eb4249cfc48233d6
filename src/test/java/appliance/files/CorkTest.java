package appliance.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.undertow.server.HttpServerExchange;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Test;
import org.xnio.channels.StreamSinkChannel;

/** On a real socket; the tests' JVM has open what the jar's manifest opens. */
final class CorkTest {

  /** The kernel keeps a cork for 200 ms, and a test may be held up for longer once. */
  private static final int TRIES = 20;

  private final BlockingQueue<Boolean> put = new ArrayBlockingQueue<>(1);
  private final BlockingQueue<Boolean> goOn = new ArrayBlockingQueue<>(1);

  private void sendABit(HttpServerExchange asked) {
    asked.dispatch(exchange -> {
      boolean corked = exchange.getQueryString().isEmpty() && Cork.put(exchange);
      exchange.setResponseContentLength(3);
      StreamSinkChannel channel = exchange.getResponseChannel();
      channel.write(ByteBuffer.wrap("abc".getBytes(StandardCharsets.US_ASCII)));
      put.add(corked);
      goOn.take();
      Cork.pull(exchange);
      exchange.endExchange();
    });
  }

  private int availableBefore(FileServer server, String target) throws Exception {
    try (Socket client = server.connect()) {
      client.getOutputStream().write(FileServer.request("GET", target));
      boolean corked = put.take();
      int available = client.getInputStream().available();
      goOn.add(true);
      assertEquals(target.equals("/"), corked);
      assertTrue(
          RawResponse.parse(FileServer.readAll(client.getInputStream())).text().endsWith("abc"));
      return available;
    }
  }

  @Test
  void what_is_written_waits_until_it_is_pulled() throws Exception {
    try (FileServer server = new FileServer(this::sendABit)) {
      int available = 1;
      for (int i = 0; i < TRIES && available > 0; i++) {
        available = availableBefore(server, "/");
      }
      assertEquals(0, available);
    }
  }

  @Test
  void without_it_nothing_waits() throws Exception {
    try (FileServer server = new FileServer(this::sendABit)) {
      assertTrue(availableBefore(server, "/?without") > 0);
    }
  }
}
