package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import appliance.testing.Finished;
import appliance.testing.NodeProcess;
import appliance.testing.Scenario;
import appliance.testing.TestCluster;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** WebSockets and event streams that never end by themselves keep no node from being taken out. */
@Tag("scenario")
final class LiveConnectionsLeaveTest {

  private static final int GOING_AWAY = 1001;
  private static final int EACH = 4;
  private static final String DRAIN_TIME = "3s";

  @RegisterExtension
  final Scenario scenario = new Scenario();

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** A WebSocket whose other end says who it is. */
  private final class Socket implements WebSocket.Listener {

    private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    private final NodeProcess edge;
    private final WebSocket socket;
    private final String app;
    private volatile int closed;

    Socket(NodeProcess edge) throws Exception {
      this.edge = edge;
      socket = client
          .newWebSocketBuilder()
          .buildAsync(at(edge, "ws", "/echo"), this)
          .get(60, TimeUnit.SECONDS);
      app = echo();
    }

    String echo() throws Exception {
      socket.sendText("who", true).get(60, TimeUnit.SECONDS);
      return String.valueOf(texts.poll(60, TimeUnit.SECONDS)).replace(": who", "");
    }

    boolean through(NodeProcess node) {
      return edge == node || app.equals("app-" + node.name());
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket of, CharSequence text, boolean last) {
      texts.add(text.toString());
      of.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket of, int status, String reason) {
      closed = status;
      return null;
    }

    @Override
    public String toString() {
      return edge.name() + " to " + app + " closed " + closed;
    }
  }

  /** An event stream: its first line names the application. */
  private final class Events {

    private final BufferedReader lines;
    private final NodeProcess edge;
    private final String app;
    private final AtomicLong count = new AtomicLong();
    private volatile boolean ended;

    Events(NodeProcess edge) throws Exception {
      this.edge = edge;
      HttpResponse<java.io.InputStream> reply = client.send(
          HttpRequest.newBuilder(at(edge, "http", "/events")).build(),
          HttpResponse.BodyHandlers.ofInputStream());
      lines = new BufferedReader(new InputStreamReader(reply.body(), StandardCharsets.UTF_8));
      app = lines.readLine().replace("data: ", "");
      Thread reader = new Thread(this::read, "events");
      reader.setDaemon(true);
      reader.start();
    }

    private void read() {
      try {
        while (lines.readLine() != null) {
          count.incrementAndGet();
        }
      } catch (IOException e) {
        // cut: an end as well
      }
      ended = true;
    }

    boolean from(NodeProcess node) {
      return app.equals("app-" + node.name());
    }

    @Override
    public String toString() {
      return edge.name() + " to " + app + (ended ? " ended" : " goes on");
    }
  }

  private static URI at(NodeProcess node, String scheme, String path) {
    return URI.create(scheme + "://127.0.0.1:" + node.settings().httpPort() + path);
  }

  @Test
  void those_of_a_node_that_leaves_end_and_all_others_go_on() throws Exception {
    TestCluster cluster =
        new TestCluster(scenario, node -> node.with("--drain-time", DRAIN_TIME)).start();
    cluster.awaitAllActive();
    List<Socket> sockets = new ArrayList<>();
    List<Events> streams = new ArrayList<>();
    for (NodeProcess node : cluster.nodes()) {
      for (int i = 0; i < EACH; i++) {
        sockets.add(new Socket(node));
        streams.add(new Events(node));
      }
    }
    NodeProcess leaving = cluster.others(cluster.master()).get(0);
    NodeProcess stays = cluster.master();
    assertTrue(sockets.stream().anyMatch(one -> one.app.equals("app-" + leaving.name())));
    drain(leaving, stays);
    awaitGoingAway(sockets, leaving);
    Await.until(
        "its streams are cut",
        Await.DEADLINE,
        streams::toString,
        () -> streams.stream().filter(one -> one.from(leaving)).allMatch(one -> one.ended));
    Await.until(
        "it is drained",
        Await.DEADLINE,
        stays::status,
        () -> "DRAINED".equals(stays.member(leaving.name()).get("state").getAsString()));
    for (Socket other : sockets) {
      if (!other.through(leaving)) {
        assertEquals(other.app, other.echo(), other.toString());
      }
    }
    for (Events other : streams) {
      if (!other.from(leaving)) {
        long now = other.count.get();
        Await.until(other + " more", () -> other.count.get() > now + 1);
      }
    }
    for (NodeProcess node : cluster.others(leaving)) {
      for (int i = 0; i < EACH; i++) {
        sockets.add(new Socket(node));
        assertTrue(!sockets.get(sockets.size() - 1).through(leaving));
      }
    }
    stays.terminate();
    awaitGoingAway(sockets, stays);
  }

  private static void awaitGoingAway(List<Socket> sockets, NodeProcess leaving) {
    Await.until(
        "the sockets of " + leaving.name() + " are told to go",
        Await.DEADLINE,
        sockets::toString,
        () -> sockets.stream()
            .filter(one -> one.through(leaving))
            .allMatch(one -> one.closed == GOING_AWAY));
  }

  private static void drain(NodeProcess node, NodeProcess asked) throws IOException {
    Finished finished =
        asked.command("drain", node.name(), "--data", asked.settings().data().toString());
    assertEquals(0, finished.exitCode(), finished.output());
  }
}
