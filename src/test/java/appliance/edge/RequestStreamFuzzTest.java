package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Seed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mutated requests against a real edge: what reaches the application was sent in just that way, each
 * answer goes to who asked for it, no 5xx, no hang, nothing left over. {@code scripts/fuzz} runs a million.
 */
final class RequestStreamFuzzTest {

  private static final Logger log = LoggerFactory.getLogger(RequestStreamFuzzTest.class);

  private static final int BATCH = 1_000;
  private static final int CLIENTS = 32;
  private static final int PATIENCE_MILLIS = 60_000;
  private static final Pattern STATUS = Pattern.compile("^HTTP/1\\.[01] (\\d{3}) .*");

  private final long seed = Seed.next();
  private final int requests = Integer.getInteger("fuzz.requests", 4_000);
  private final Map<Integer, Integer> statuses = new TreeMap<>();

  /** One connection and what came back on it. */
  private record Case(long number, String address, String sent, String received) {

    @Override
    public String toString() {
      return "case " + number + " sent\n" + visible(sent) + "\nand received\n" + visible(received);
    }
  }

  private static String visible(String bytes) {
    return bytes.replace("\r", "\\r").replace("\n", "\\n\n").replace("\0", "\\0");
  }

  @Test
  void no_mutation_of_requests_is_read_in_two_ways_or_leaves_anything_behind() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    int sent = 0;
    long number = Long.getLong("fuzz.from", 0);
    try (WatchfulApp app = new WatchfulApp();
        Site site = new Site(URI.create("http://127.0.0.1:" + app.port()))) {
      while (sent < requests) {
        List<Future<Case>> batch = new ArrayList<>();
        for (int i = 0; i < BATCH && sent < requests; i++) {
          long next = number++;
          List<String> pipeline = new RequestMutations(seed, next).pipeline();
          sent += pipeline.size();
          Callable<Case> one = () -> run(site.port(), next, String.join("", pipeline));
          batch.add(clients.submit(one));
        }
        List<Case> cases = new ArrayList<>();
        for (Future<Case> each : batch) {
          cases.add(each.get());
        }
        Site.await("no request under way", () -> site.status("active").intValue() == 0);
        Site.await(
            "no connection in use",
            () -> site.status("upstreamConnections").intValue()
                == site.status("upstreamConnectionsIdle").intValue());
        for (Case each : cases) {
          check(each, app);
        }
        assertTrue(app.wrong.isEmpty(), "seed " + seed + ": " + app.wrong.peek());
      }
      Site.await("all buffers given back", () -> site.status("buffersInUse").intValue() == 0);
    } finally {
      clients.shutdownNow();
    }
    log.info("{} requests on {} connections, seed {}: {}", sent, number, seed, statuses);
    assertTrue(statuses.getOrDefault(200, 0) > sent / 20, "too few were right: " + statuses);
    assertTrue(statuses.getOrDefault(400, 0) > sent / 20, "too few were wrong: " + statuses);
  }

  /** An address of its own for each connection tells whose a request is at the application. */
  private static String address(long number) {
    long low = number % (1 << 22);
    return "127." + (1 + (low >> 16)) + "." + (low >> 8 & 255) + "." + (low & 255);
  }

  private Case run(int port, long number, String sent) throws IOException {
    String address = address(number);
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      int cut = new RequestMutations(~seed, number).cut(sent.length());
      StringBuilder received = new StringBuilder();
      try {
        write(socket, sent.substring(0, cut));
        write(socket, sent.substring(cut));
        socket.shutdownOutput();
        byte[] buffer = new byte[8192];
        for (int read = 0; read >= 0; read = socket.getInputStream().read(buffer)) {
          received.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
        }
      } catch (SocketTimeoutException e) {
        throw new AssertionError("no end of " + visible(sent) + " of seed " + seed, e);
      } catch (IOException e) {
        // Reset: what came before counts.
      }
      return new Case(number, address, sent, received.toString());
    }
  }

  private static void write(Socket socket, String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void check(Case each, WatchfulApp app) {
    String context = "seed " + seed + ", " + each;
    answers(each, context);
    List<StrictReader.Found> allowed = StrictReader.read(each.sent());
    int from = 0;
    for (StrictReader.Found reached : app.taken(each.address())) {
      int match = from;
      while (match < allowed.size() && !reached.mayBe(allowed.get(match))) {
        match++;
      }
      assertTrue(match < allowed.size(), reached + " was never sent: " + context);
      from = match + 1;
    }
  }

  private void answers(Case each, String context) {
    String rest = each.received();
    while (!rest.isEmpty()) {
      int end = rest.indexOf("\r\n\r\n");
      if (end < 0) {
        return; // cut
      }
      String head = rest.substring(0, end + 2);
      rest = rest.substring(end + 4);
      Matcher line = STATUS.matcher(head.substring(0, head.indexOf("\r\n")));
      assertTrue(line.matches(), "no answer: " + context);
      int status = Integer.parseInt(line.group(1));
      statuses.merge(status, 1, Integer::sum);
      assertTrue(status < 500, context);
      String client = field(head, "X-For");
      assertEquals(status == 200 ? each.address() : "", client, context);
      rest = rest.substring(Math.min(rest.length(), length(head, rest)));
    }
  }

  /** An answer to HEAD has a length and no content; the edge's own do not say whether they are such. */
  private static int length(String head, String rest) {
    boolean noContent = field(head, "X-Method").equals("HEAD") || rest.startsWith("HTTP/1.");
    String length = field(head, "Content-Length");
    return noContent || length.isEmpty() ? 0 : Integer.parseInt(length);
  }

  private static String field(String head, String name) {
    int at = head.indexOf("\r\n" + name + ": ");
    int from = at + name.length() + 4;
    return at < 0 ? "" : head.substring(from, head.indexOf("\r\n", from));
  }
}
