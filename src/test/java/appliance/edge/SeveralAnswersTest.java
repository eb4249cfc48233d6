package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.Balance;
import appliance.config.Sticky;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What passes through a node that has two applications of the site, asked there and at another node. */
final class SeveralAnswersTest {

  @TempDir
  private Path folder = Path.of("");

  @Test
  void events_reach_the_client_one_by_one() throws Exception {
    Semaphore event = new Semaphore(0);
    RawApp.Answer events = request -> {
      request.write(RawClient.head(
          "HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Transfer-Encoding: chunked"));
      for (int i = 1; i <= 2; i++) {
        event.acquire(); // not before the client has all that came before
        request.write("9\r\ndata: " + i + "\n\n\r\n");
      }
      request.write("0\r\n\r\n");
    };
    try (RawApp a = new RawApp(events);
        RawApp b = new RawApp(events);
        RawApp there = new RawApp(events);
        SeveralPair nodes = new SeveralPair(Sticky.OFF, List.of(a, b), there)) {
      for (int i = 0; i < 4; i++) { // each of the three at least once
        for (Edge edge : nodes.both()) {
          read(edge, event);
        }
      }
      assertTrue(a.requests.get() > 0 && b.requests.get() > 0);
    }
  }

  private static void read(Edge edge, Semaphore event) throws IOException {
    try (RawClient client = new RawClient(edge.port())) {
      client.send("GET /events HTTP/1.1\r\nHost: site.example\r\n\r\n");
      assertEquals("HTTP/1.1 200 OK", client.line());
      while (!client.line().isEmpty()) {
        // The head is here before the first event.
      }
      for (int i = 1; i <= 2; i++) {
        event.release();
        assertEquals(9, Integer.parseInt(client.line(), 16));
        assertEquals("data: " + i, client.line());
        assertEquals("", client.line() + client.line()); // the event's end, and the chunk's
      }
      assertEquals(0, Integer.parseInt(client.line(), 16));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_client_that_awaits_100_gets_it_before_its_body(boolean oneHasDied) throws Exception {
    RawApp.Answer echo = request -> {
      if (request.head().contains("Expect: 100-continue")) {
        request.write(RawClient.head("HTTP/1.1 100 Continue"));
      }
      request.ok(new String(request.body(), StandardCharsets.ISO_8859_1));
    };
    try (RawApp a = new RawApp(echo);
        RawApp b = new RawApp(echo);
        RawApp there = new RawApp(echo);
        SeveralPair nodes = new SeveralPair(Sticky.OFF, List.of(a, b), there)) {
      if (oneHasDied) {
        a.kill();
      }
      for (String host : List.of("site.example", "admin.example")) {
        upload(nodes, host);
        if (oneHasDied) {
          nodes.untilKnownAsDead(a);
        }
        upload(nodes, host);
      }
      assertEquals(8, a.requests.get() + b.requests.get() + there.requests.get());
      assertEquals(oneHasDied, a.requests.get() == 0);
    }
  }

  private static void upload(SeveralPair nodes, String host) throws IOException {
    for (Edge edge : nodes.both()) {
      try (RawClient client = new RawClient(edge.port())) {
        client.send(RawClient.head(
            "POST / HTTP/1.1", "Host: " + host, "Expect: 100-continue", "Content-Length: 5"));
        assertEquals(100, client.reply().status());
        client.send("hello");
        RawClient.Reply reply = client.reply();
        assertEquals("hello", reply.text(), reply.head());
      }
    }
  }

  @Test
  void the_access_log_of_the_node_that_is_asked_names_the_application_that_answered()
      throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        RawApp there = RawApp.saying("there");
        SeveralPair nodes = new SeveralPair(folder, List.of(a, b), there)) {
      Set<String> all = Set.of(
          "GET here " + a.uri(),
          "GET here " + b.uri(),
          "GET there -",
          "POST here " + a.uri(),
          "POST here " + b.uri());
      for (Edge edge : nodes.both()) {
        String log = edge == nodes.here ? "here" : "there";
        Site.await("all are named " + log, () -> {
          ask(edge);
          return named(log).equals(all);
        });
      }
    }
  }

  @Test
  void a_client_gets_the_same_application_by_its_address_from_whichever_node() throws Exception {
    try (RawApp a = RawApp.saying("a");
        RawApp b = RawApp.saying("b");
        RawApp there = RawApp.saying("there");
        SeveralPair nodes =
            new SeveralPair(new Balance(Balance.Method.CLIENT, ""), List.of(a, b), there)) {
      Set<String> answers = new HashSet<>();
      for (int client = 1; client <= 64; client++) {
        String address = "127.0.1." + client;
        String first = from(address, nodes.here);
        assertEquals(first, from(address, nodes.there));
        answers.add(first);
      }
      assertEquals(Set.of("a", "b", "there"), answers);
    }
  }

  private static String from(String address, Edge edge) throws IOException {
    InetAddress own = InetAddress.getByName(address);
    try (RawClient client =
        new RawClient(new Socket(InetAddress.getLoopbackAddress(), edge.port(), own, 0))) {
      client.send(RawClient.head("GET / HTTP/1.1", "Host: site.example"));
      return client.reply().text();
    }
  }

  private static void ask(Edge edge) {
    try {
      String write =
          RawClient.head("POST / HTTP/1.1", "Host: admin.example", "Content-Length: 3") + "abc";
      for (RawClient.Reply reply :
          List.of(RawClient.get(edge.port(), "/"), RawClient.ask(edge.port(), write))) {
        assertEquals(200, reply.status());
        assertFalse(reply.has("Appliance-Relay-"), reply.head());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void an_upgraded_connection_tells_its_client_nothing_of_the_application() throws Exception {
    try (RawApp a = RawApp.upgrading();
        RawApp b = RawApp.upgrading();
        RawApp there = RawApp.saying("there");
        SeveralPair nodes = new SeveralPair(folder, List.of(a, b), there)) {
      for (Edge edge : nodes.both()) {
        try (RawClient client = new RawClient(edge.port())) {
          client.send(RawClient.upgrade("/", "admin.example"));
          RawClient.Reply reply = client.reply();
          assertEquals(101, reply.status());
          assertFalse(reply.has("Appliance-Relay-"), reply.head());
        }
      }
      for (String node : List.of("here", "there")) { // the log is told, though
        Site.await("it is named", () -> named(node).stream().anyMatch(one -> one.contains("http")));
      }
    }
  }

  private Set<String> named(String node) {
    Set<String> named = new HashSet<>();
    if (!Files.exists(folder.resolve(node))) {
      return named; // it is written ten times a second
    }
    try {
      for (String text : Files.readAllLines(folder.resolve(node))) {
        JsonObject line = JsonParser.parseString(text).getAsJsonObject();
        String one = line.has("application") ? line.get("application").getAsString() : "-";
        named.add(line.get("method").getAsString() + " " + line.get("upstream").getAsString() + " "
            + one);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return named;
  }
}
