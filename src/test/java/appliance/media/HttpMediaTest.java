package appliance.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import appliance.model.PeerReply;
import appliance.model.PeerRequest;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The calls between nodes over real HTTP: bodies of any length, paths of any letters. */
final class HttpMediaTest {

  @TempDir
  Path ground;

  @Test
  void files_travel_over_http() throws Exception {
    ExecutorService workers = Executors.newCachedThreadPool();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(workers);
    try (Nodes nodes = new Nodes(ground, 2)) {
      for (Nodes.Node node : nodes.all()) {
        server.createContext("/" + node.name + "/", exchange -> serve(node, exchange));
      }
      server.start();
      nodes.wire((to, request) -> get(server.getAddress().getPort(), to.name, request));
      byte[] large = new byte[3_000_000];
      new Random(2).nextBytes(large);
      Files.write(nodes.get(0).file("100% & größer?.bin"), large);
      nodes.get(1).write("empty/file", "");
      nodes.awaitEqual();
      assertArrayEquals(large, Files.readAllBytes(nodes.get(1).file("100% & größer?.bin")));
    } finally {
      server.stop(0);
      workers.shutdownNow();
    }
  }

  private static PeerReply get(int port, String node, PeerRequest request) throws IOException {
    String query = request.parameters().entrySet().stream()
        .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
    URI uri =
        URI.create("http://127.0.0.1:" + port + "/" + node + "/" + request.path() + "?" + query);
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    int status = connection.getResponseCode();
    InputStream body = status < 400 ? connection.getInputStream() : InputStream.nullInputStream();
    return new PeerReply(status, Map.of(), connection.getContentLengthLong(), body);
  }

  private static void serve(Nodes.Node node, HttpExchange exchange) throws IOException {
    Map<String, String> parameters = new HashMap<>();
    String query = exchange.getRequestURI().getRawQuery();
    for (String pair : (query == null ? "" : query).split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        String value = URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
        parameters.put(pair.substring(0, equals), value);
      }
    }
    String path = exchange.getRequestURI().getPath().substring(node.name.length() + 2);
    try (exchange;
        PeerReply reply = node.answer(PeerRequest.get(path, parameters))) {
      exchange.sendResponseHeaders(reply.status(), reply.length() == 0 ? -1 : reply.length());
      reply.body().transferTo(exchange.getResponseBody());
    }
  }
}
