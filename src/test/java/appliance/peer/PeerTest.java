package appliance.peer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.model.PeerReply;
import appliance.model.PeerRequest;
import appliance.model.PeerRoute;
import appliance.runtime.ExitCode;
import appliance.runtime.Published;
import appliance.runtime.StartFailure;
import appliance.testing.Await;
import appliance.testing.Ports;
import appliance.trust.Refusal;
import appliance.trust.Trust;
import appliance.trust.Trusted;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PeerTest {

  private static final NodeId NODE = NodeId.random();
  private static final byte[] LARGE = new byte[3 << 20];

  @TempDir
  Path folder;

  private final HostPort address = new HostPort("127.0.0.1", Ports.free());
  private final Published<ClusterView> views = new Published<>(view("shop", "127.0.0.1"));
  private Trust here;
  private Trust there;
  private PeerServer server;
  private PeerClient client;

  @BeforeEach
  void start() throws IOException {
    here = trust("here");
    there = trust("there");
    here.trusted().publish(Trusted.of(Map.of(there.fingerprint(), NODE)));
    there.trusted().publish(Trusted.of(Map.of(here.fingerprint(), NODE)));
    server = new PeerServer(address, views, here, Map.of("echo", echo()));
    client = new PeerClient(views, there);
    new Random(1).nextBytes(LARGE);
    server.start();
  }

  @AfterEach
  void close() {
    server.close();
    here.close();
    there.close();
  }

  private Trust trust(String name) throws IOException {
    Path data = Files.createDirectories(folder.resolve(name));
    return Trust.open(data, Optional.empty(), Clock.systemUTC());
  }

  @Test
  void path_parameters_and_body_arrive_as_they_were_sent() throws IOException {
    String path = "a folder/ä+%/file.txt";
    PeerRequest request = new PeerRequest(
        "POST", path, Map.of("q", "1 & 2"), Map.of("x-a", "b"), LARGE.length, stream(LARGE));
    try (PeerReply reply = client.call(NODE, "echo", request)) {
      assertEquals(200, reply.status());
      assertEquals(LARGE.length, reply.length());
      assertEquals(
          "POST " + path + " 1 & 2 b", decoded(reply.headers().getOrDefault("x-seen", "")));
      assertArrayEquals(LARGE, reply.body().readAllBytes());
    }
  }

  @Test
  void a_route_learns_who_calls_from_this_node_and_not_from_the_caller() throws IOException {
    Map<String, String> lie = Map.of(PeerRequest.CALLER, "web9");
    PeerRequest request =
        new PeerRequest("GET", "x", Map.of(), lie, 0, InputStream.nullInputStream());
    try (PeerReply reply = client.call(NODE, "echo", request)) {
      assertEquals("web1", reply.headers().get("x-caller"));
    }
  }

  @Test
  void a_route_that_throws_is_an_error_for_its_caller_alone() throws IOException {
    assertEquals(500, status(PeerRequest.get("fail", Map.of())));
    assertEquals(200, status(PeerRequest.get("again", Map.of())));
  }

  @Test
  void a_call_to_an_unknown_route_finds_nothing() throws IOException {
    try (PeerReply reply = client.call(NODE, "nowhere", PeerRequest.get("x", Map.of()))) {
      assertEquals(404, reply.status());
    }
  }

  @Test
  void a_stranger_gets_no_connection() throws IOException {
    try (Trust other = trust("stranger")) {
      other.trusted().publish(Trusted.of(Map.of(here.fingerprint(), NODE)));
      PeerClient stranger = new PeerClient(views, other);
      assertThrows(
          IOException.class, () -> stranger.call(NODE, "echo", PeerRequest.get("x", Map.of())));
      Await.until("it is counted", () -> here.refusals().count(Refusal.UNKNOWN_KEY) > 0);
    }
  }

  @Test
  void a_server_with_another_key_is_called_by_nobody() throws IOException {
    there.trusted().publish(Trusted.NOBODY);
    assertThrows(
        IOException.class, () -> client.call(NODE, "echo", PeerRequest.get("x", Map.of())));
    assertEquals(1, there.refusals().count(Refusal.UNKNOWN_KEY));
  }

  @Test
  void a_member_that_was_removed_is_refused_on_the_connection_that_it_has() throws IOException {
    assertEquals(200, status(PeerRequest.get("x", Map.of())));
    here.trusted().publish(Trusted.NOBODY);
    assertEquals(403, status(PeerRequest.get("x", Map.of())));
  }

  @Test
  void another_cluster_is_refused() throws IOException {
    PeerClient other = new PeerClient(new Published<>(view("other", "127.0.0.1")), there);
    try (PeerReply reply = other.call(NODE, "echo", PeerRequest.get("x", Map.of()))) {
      assertEquals(403, reply.status());
    }
  }

  @Test
  void calls_that_hang_keep_neither_others_from_an_answer_nor_strangers_from_their_refusal()
      throws Exception {
    int callsMax = 20;
    CountDownLatch go = new CountDownLatch(1);
    PeerRoute hanging = request -> {
      awaitOrFail(go);
      return PeerReply.text(200, "at last");
    };
    server.close();
    ExecutorService callers = Executors.newCachedThreadPool();
    try (PeerServer busy =
        new PeerServer(address, views, here, Map.of("echo", hanging), callsMax)) {
      busy.start();
      List<Future<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < callsMax; i++) {
        calls.add(callers.submit(() -> status(PeerRequest.get("x", Map.of()))));
      }
      Await.until("all calls hang", () -> busy.calls() == callsMax);
      assertEquals(503, status(PeerRequest.get("x", Map.of())));
      another_cluster_is_refused();
      go.countDown();
      for (Future<Integer> call : calls) {
        assertEquals(200, call.get());
      }
      Await.until("all calls ended", () -> busy.calls() == 0);
      assertEquals(200, status(PeerRequest.get("x", Map.of())));
    } finally {
      go.countDown();
      callers.shutdownNow();
    }
  }

  private static void awaitOrFail(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(90, TimeUnit.SECONDS)) {
        throw new IOException("waited in vain");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void a_node_that_is_gone_is_an_io_error() {
    server.close();
    assertThrows(
        IOException.class, () -> client.call(NODE, "echo", PeerRequest.get("x", Map.of())));
    assertThrows(
        IOException.class,
        () -> client.call(NodeId.random(), "echo", PeerRequest.get("x", Map.of())));
  }

  @Test
  void a_taken_port_is_told_with_its_fix() {
    StartFailure failure =
        assertThrows(StartFailure.class, new PeerServer(address, views, here, Map.of())::start);
    assertEquals(ExitCode.PORT_TAKEN, failure.exitCode());
  }

  @Test
  void an_address_of_another_machine_is_told_with_its_fix() {
    HostPort elsewhere = new HostPort("192.0.2.1", address.port()); // RFC 5737: nobody's
    StartFailure failure =
        assertThrows(StartFailure.class, new PeerServer(elsewhere, views, here, Map.of())::start);
    assertEquals(ExitCode.BAD_CONFIG, failure.exitCode());
    assertTrue(String.valueOf(failure.getMessage()).contains("--bind"), failure.getMessage());
  }

  private int status(PeerRequest request) throws IOException {
    try (PeerReply reply = client.call(NODE, "echo", request)) {
      reply.body().readAllBytes();
      return reply.status();
    }
  }

  /** Answers with the body, and tells in a header what it saw. */
  private static PeerRoute echo() {
    return request -> {
      if (request.path().equals("fail")) {
        throw new IOException("on purpose");
      }
      byte[] body = request.body().readAllBytes();
      String seen = String.join(
          " ",
          request.method(),
          request.path(),
          request.parameters().getOrDefault("q", ""),
          request.headers().getOrDefault("x-a", ""));
      String latin = new String(seen.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
      String caller = request.headers().getOrDefault(PeerRequest.CALLER, "");
      return new PeerReply(
          200, Map.of("x-seen", latin, "x-caller", caller), body.length, stream(body));
    };
  }

  private static String decoded(String latin) {
    return new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static InputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }

  private ClusterView view(String cluster, String host) {
    Endpoints endpoints =
        new Endpoints(new HostPort(host, 1), address, address, address, Optional.empty());
    Member member = new Member(NODE, "web1", endpoints, MemberState.ACTIVE, "");
    return new ClusterView(cluster, NODE, Epoch.NONE, Optional.empty(), true, List.of(member));
  }
}
