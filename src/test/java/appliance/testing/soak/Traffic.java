package appliance.testing.soak;

import appliance.testing.Http;
import appliance.testing.NodeProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The kinds of clients, each of which runs on a thread of its own until it is told to end. */
final class Traffic {

  private static final int PAUSE_MILLIS = 5;
  private static final int TRIES_AFTER_GOODBYE = 3;
  private static final int MESSAGE_SECONDS_MAX = 30;

  /** One request again and again, on connections that are kept as long as they may. */
  record Repeat(String method, String path, String host, int bodyBytes, String expected) {}

  private final Frontline nodes;
  private volatile boolean ending;

  Traffic(Frontline nodes) {
    this.nodes = nodes;
  }

  void end() {
    ending = true;
  }

  void repeat(Repeat what, Outcomes outcomes) {
    NodeProcess node = nodes.any();
    Http connection = null;
    while (!ending) {
      long began = System.nanoTime();
      try {
        if (connection != null && !nodes.has(node)) {
          connection.close();
          connection = null;
        }
        if (connection == null) {
          node = nodes.any();
          connection = new Http(node.settings().httpPort());
        }
        Http.Reply reply = connection.send(
            what.method(), what.path(), Map.of("host", what.host()), new byte[what.bodyBytes()]);
        if (reply.status() == 200 && reply.text().startsWith(what.expected())) {
          outcomes.good(System.nanoTime() - began);
        } else {
          outcomes.bad(node.name() + " " + reply);
        }
        if (reply.isLast()) {
          connection.close();
          connection = null;
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      } catch (IOException | RuntimeException e) {
        outcomes.bad(node.name() + " " + e);
        connection = null;
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Gets a page over HTTP/2, many at a time. */
  void http2(HttpClient client, Map<NodeProcess, Integer> ports, Outcomes outcomes) {
    while (!ending) {
      NodeProcess node = nodes.any();
      long began = System.nanoTime();
      URI uri = URI.create("https://localhost:" + ports.get(node) + "/small.txt");
      try {
        HttpResponse<String> answer = getAgain(client, uri);
        if (answer.statusCode() == 200 && answer.version() == HttpClient.Version.HTTP_2) {
          outcomes.good(System.nanoTime() - began);
        } else {
          outcomes.bad(node.name() + " " + answer);
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      } catch (IOException e) {
        outcomes.bad(node.name() + " " + e);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /**
   * Java's client gives up all that is under way when it is told that its connection ends. Others repeat
   * it on the next one, as RFC 9113, 6.8 has it; so does this.
   */
  private static HttpResponse<String> getAgain(HttpClient client, URI uri)
      throws IOException, InterruptedException {
    IOException last = new IOException("never asked");
    for (int i = 0; i < TRIES_AFTER_GOODBYE; i++) {
      try {
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      } catch (IOException e) {
        last = e;
        if (!String.valueOf(e.getMessage()).matches(".*(GOAWAY|Broken pipe|closed).*")) {
          throw e;
        }
      }
    }
    throw last;
  }

  /** Speaks and listens by turns; a goodbye of the server (1001) is answered with a new connection. */
  void webSocket(HttpClient client, Outcomes outcomes) {
    while (!ending) {
      NodeProcess node = nodes.any();
      Heard heard = new Heard();
      try {
        WebSocket socket = client
            .newWebSocketBuilder()
            .buildAsync(URI.create("ws://127.0.0.1:" + node.settings().httpPort() + "/echo"), heard)
            .get(MESSAGE_SECONDS_MAX, TimeUnit.SECONDS);
        speak(node, socket, heard, outcomes);
      } catch (InterruptedException e) {
        return;
      } catch (Exception e) {
        outcomes.bad(node.name() + " " + answerOf(e));
      }
    }
  }

  /** The refused handshake's answer, or what else went wrong. */
  private static String answerOf(Exception failure) {
    return failure.getCause() instanceof WebSocketHandshakeException refused
        ? refused.getResponse() + " " + refused.getResponse().headers().map()
        : failure.toString();
  }

  private void speak(NodeProcess node, WebSocket socket, Heard heard, Outcomes outcomes)
      throws Exception {
    for (int i = 0; !ending; i++) {
      long began = System.nanoTime();
      if (!heard.left) {
        socket.sendText("message " + i, true).exceptionally(gone -> socket);
      }
      String answer = heard.queue.poll(MESSAGE_SECONDS_MAX, TimeUnit.SECONDS);
      if ("1001".equals(answer)) {
        return;
      }
      if (answer == null || !answer.endsWith("message " + i)) {
        outcomes.bad(node.name() + " answered " + answer);
        socket.abort();
        return;
      }
      outcomes.good(System.nanoTime() - began);
      TimeUnit.MILLISECONDS.sleep(20L * PAUSE_MILLIS);
    }
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(MESSAGE_SECONDS_MAX, TimeUnit.SECONDS);
  }

  /** What a WebSocket hears: texts, and the code of its end. */
  private static final class Heard implements WebSocket.Listener {

    private final BlockingQueue<String> queue = new ArrayBlockingQueue<>(16);
    private final StringBuilder begun = new StringBuilder();
    private volatile boolean left;

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      begun.append(text);
      if (last) {
        queue.add(begun.toString());
        begun.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      left = true;
      queue.add(Integer.toString(status));
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      left = true;
      queue.add(error.toString());
    }
  }
}
