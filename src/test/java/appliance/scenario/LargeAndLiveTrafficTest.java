package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.NodeProcess;
import appliance.testing.Scenario;
import appliance.testing.TestCluster;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is more than a page passes the edge too. */
@Tag("scenario")
final class LargeAndLiveTrafficTest {

  private static final long UPLOAD_BYTES = 200L << 20;

  @RegisterExtension
  static final Scenario scenario = new Scenario();

  private static TestCluster cluster;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @BeforeAll
  static void start() {
    cluster = new TestCluster(scenario, node -> node).start();
  }

  @Test
  void an_upload_of_200_MB_arrives_whole() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    HttpRequest upload = HttpRequest.newBuilder(at(cluster.node(0), "http", "/upload"))
        .timeout(Duration.ofMinutes(3))
        .POST(HttpRequest.BodyPublishers.fromPublisher(
            HttpRequest.BodyPublishers.ofInputStream(() -> new Noise(UPLOAD_BYTES, digest)),
            UPLOAD_BYTES))
        .build();
    HttpResponse<String> reply = client.send(upload, HttpResponse.BodyHandlers.ofString());
    assertEquals(200, reply.statusCode(), reply.body());
    assertEquals(UPLOAD_BYTES + " " + HexFormat.of().formatHex(digest.digest()), reply.body());
  }

  @Test
  void a_websocket_speaks_through_every_node() throws Exception {
    for (NodeProcess node : cluster.nodes()) {
      Answers answers = new Answers();
      WebSocket socket = client
          .newWebSocketBuilder()
          .buildAsync(at(node, "ws", "/echo"), answers)
          .get(60, TimeUnit.SECONDS);
      for (int i = 0; i < 3; i++) {
        socket.sendText("hello " + i, true).get(60, TimeUnit.SECONDS);
        String answer = String.valueOf(answers.queue.poll(60, TimeUnit.SECONDS));
        assertEquals("hello " + i, answer.replaceFirst("^app-node[123]: ", ""));
      }
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(60, TimeUnit.SECONDS);
      assertEquals("closed", answers.queue.poll(60, TimeUnit.SECONDS));
    }
  }

  private static URI at(NodeProcess node, String scheme, String path) {
    return URI.create(scheme + "://127.0.0.1:" + node.settings().httpPort() + path);
  }

  /** The texts that came, each whole. */
  private static final class Answers implements WebSocket.Listener {

    private final BlockingQueue<String> queue = new ArrayBlockingQueue<>(16);

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      queue.add(text.toString());
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      queue.add("closed");
      return null;
    }
  }

  /** Bytes that do not repeat, made as they are read. */
  private static final class Noise extends InputStream {

    private final MessageDigest digest;
    private long left;
    private long state = 1;

    Noise(long length, MessageDigest digest) {
      left = length;
      this.digest = digest;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (left == 0) {
        return -1;
      }
      int count = (int) Math.min(left, length);
      for (int i = offset; i < offset + count; i++) {
        state = state * 6364136223846793005L + 1442695040888963407L;
        target[i] = (byte) (state >> 56);
      }
      digest.update(target, offset, count);
      left -= count;
      return count;
    }
  }
}
