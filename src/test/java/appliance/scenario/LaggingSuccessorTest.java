package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import appliance.testing.Finished;
import appliance.testing.Http;
import appliance.testing.NodeProcess;
import appliance.testing.NodeSettings;
import appliance.testing.Replica;
import appliance.testing.Scenario;
import appliance.testing.SlowLine;
import appliance.testing.TestApp;
import appliance.testing.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The only node that can be master next lags behind the database, while others write to the site. A witness
 * votes with the two.
 */
@Tag("scenario")
final class LaggingSuccessorTest {

  private static final int ROWS = 500;

  /** So long a node holds a write; on a machine that is not given time one may be refused after that. */
  private static final long HELD_NANOS = TimeUnit.SECONDS.toNanos(10);

  @RegisterExtension
  final Scenario scenario = new Scenario();

  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong written = new AtomicLong();
  private volatile boolean over;
  private TestDatabase database;
  private SlowLine line;
  private NodeProcess master;
  private NodeProcess next;

  @BeforeEach
  void start() throws Exception {
    database = TestDatabase.start(scenario);
    database.execute("CREATE TABLE t (n INT PRIMARY KEY)");
    line = scenario.owns(new SlowLine(database.port()));
    NodeSettings one = NodeSettings.of("node1", scenario.folder("node1"));
    NodeSettings two = NodeSettings.of("node2", scenario.folder("node2"));
    NodeSettings three = NodeSettings.of("witness", scenario.folder("witness"));
    List<NodeSettings> all = List.of(one, two, three);
    master = scenario.owns(new NodeProcess(database.configure(served(one).withPeers(all))));
    next =
        scenario.owns(new NodeProcess(database.configure(served(two).withPeers(all), line.port())));
    NodeProcess witness = scenario.owns(new NodeProcess(three.withPeers(all)));
    master.startAndAwait();
    next.start();
    witness.start("--witness");
    next.awaitActive();
    Await.until("three vote", Await.DEADLINE, master::status, () -> voters() == 3);
    Await.until("one is master", () -> next.master().equals("node1"));
    Await.until("both applications serve", () -> serves("node1") && serves("node2"));
  }

  private NodeSettings served(NodeSettings node) {
    TestApp app = scenario.owns(new TestApp("app-" + node.name()).start());
    return node.with("--app", app.url().toString()).with("--app-health-path", TestApp.HEALTH_PATH);
  }

  private int voters() throws IOException {
    return master.member("node1").getAsJsonObject("cluster").get("voters").getAsInt();
  }

  private boolean serves(String node) throws IOException {
    return next.member(node).getAsJsonObject("app").get("healthy").getAsBoolean();
  }

  private void insert(int from) throws Exception {
    database.execute("INSERT INTO t SELECT seq FROM seq_" + from + "_to_" + (from + ROWS - 1));
  }

  private static int rows(NodeProcess node) throws Exception {
    return Integer.parseInt(
        Replica.of(node).rows("SELECT count(*) FROM t").get(0).get(0));
  }

  private static void awaitRows(NodeProcess node, int count) {
    Await.until(node.name() + " has " + count + " rows", () -> rows(node) == count);
  }

  /** One write after the other at the node that stays; none may be refused before it was held. */
  private Thread writer() {
    Thread writer = new Thread(() -> {
      while (!over) {
        long sent = System.nanoTime();
        try {
          byte[] body = "x".getBytes(StandardCharsets.UTF_8);
          Http.Reply reply =
              Http.request(next.settings().httpPort(), "POST", "/page", Map.of(), body);
          if (reply.status() == 200) {
            written.incrementAndGet();
          } else if (reply.status() != 503 || System.nanoTime() - sent < HELD_NANOS) {
            failures.add(reply.toString());
          }
        } catch (IOException e) {
          failures.add(e.toString());
        }
      }
    });
    writer.start();
    return writer;
  }

  /** The line was held for so long that the node has given it up, and counts as without a database. */
  private boolean lineWasCut() {
    return next.log().contains("stream is silent");
  }

  private void awaitMoreWrites() {
    long more = written.get() + 10;
    Await.until("writes go on", Await.DEADLINE, () -> failures, () -> written.get() >= more);
  }

  @Test
  void it_is_master_only_with_all_that_the_master_had_and_no_write_fails() throws Exception {
    Thread writer = writer();
    awaitMoreWrites();

    line.hold();
    insert(1);
    awaitRows(master, ROWS);
    long epoch = master.status().get("epoch").getAsLong();
    Finished asked =
        master.command("handover", "node2", "--data", master.settings().data().toString());
    assertEquals(1, asked.exitCode(), asked.output());
    assertTrue(asked.output().contains("node2 is not master"), asked.output());
    Await.until(
        "it was given up, and the master stays",
        Await.DEADLINE,
        next::status,
        () -> next.status().get("epoch").getAsLong() > epoch && next.master().equals("node1"));
    assertTrue(master.log().contains("replica has not come to") || lineWasCut(), "and says why");
    line.release();
    awaitRows(next, ROWS);
    awaitMoreWrites();

    line.hold();
    insert(ROWS + 1);
    awaitRows(master, 2 * ROWS);
    CompletableFuture<Integer> ended = CompletableFuture.supplyAsync(master::terminate);
    Await.until(
        "it is letting go", Await.DEADLINE, next::status, () -> next.master().isEmpty());
    assertEquals(ROWS, rows(next));
    assertEquals("", next.master());
    line.release();
    Await.until(
        "the other one follows",
        Await.DEADLINE,
        next::status,
        () -> next.master().equals("node2"));
    int had = rows(next);
    assertTrue(had == 2 * ROWS || lineWasCut(), "it has " + had + " rows as it becomes master");
    awaitRows(next, 2 * ROWS);
    assertEquals(0, ended.join());
    awaitMoreWrites();
    over = true;
    writer.join();
    assertEquals(List.of(), List.copyOf(failures));
  }
}
