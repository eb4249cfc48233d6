package appliance.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

  /** Else the first answer behind a large file would come 200 ms late. */
  @Test
  void a_large_file_leaves_none_behind(@TempDir Path folder) throws Exception {
    FileServer.write(folder, "large.bin", new byte[1 << 20]);
    try (StaticFiles files = new StaticFiles(FileRoot.site(folder), this::sendABit);
        FileServer server = new FileServer(files);
        Socket client = server.connect()) {
      client.getOutputStream().write(kept("/large.bin"));
      InputStream in = client.getInputStream();
      head(in);
      in.readNBytes(1 << 20);
      client.getOutputStream().write(kept("/?without"));
      put.take();
      int available = in.available();
      goOn.add(true);
      assertTrue(available > 0);
    }
  }

  private static byte[] kept(String target) {
    return ("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static void head(InputStream in) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf("\r\n\r\n") < 0) {
      read.append((char) in.read());
    }
  }

  @Test
  void without_it_nothing_waits() throws Exception {
    try (FileServer server = new FileServer(this::sendABit)) {
      assertTrue(availableBefore(server, "/?without") > 0);
    }
  }
}
