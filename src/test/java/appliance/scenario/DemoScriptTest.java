package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import appliance.testing.Await;
import appliance.testing.Finished;
import appliance.testing.Http;
import appliance.testing.Scenario;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The first five minutes of a newcomer: {@code scripts/run}, the three things to try, the end. */
@Tag("scenario")
final class DemoScriptTest {

  private static final Path ROOT =
      Path.of(System.getProperty("project.directory", ".")).toAbsolutePath().normalize();
  private static final Path RUN = ROOT.resolve("target/run");
  private static final List<Integer> SITE = List.of(8081, 8082, 8083);
  private static final Pattern PICTURE = Pattern.compile("/media/[0-9a-f]{32}\\.png");

  @RegisterExtension
  final Scenario scenario = new Scenario();

  @AfterEach
  void end() {
    if (Files.exists(RUN)) {
      script("--stop");
    }
  }

  @Test
  void a_newcomer_posts_uploads_kills_a_node_and_leaves_nothing_behind() throws Exception {
    assumeTrue(portsAreFree(), "other programs use the ports of the demo");
    Finished started = script("--detach");
    assertEquals(0, started.exitCode(), started.output());
    assertTrue(started.output().contains("http://127.0.0.1:8081"), started.output());
    assertTrue(started.output().matches("(?s).*password: \\S+.*"), started.output());
    List<Long> pids = pids();
    assertEquals(7, pids.size());

    postIsReadOnAll();
    pictureIsSeenOnAll();
    killedNodeIsMissedByNobody();

    Finished stopped = script("--stop");
    assertEquals(0, stopped.exitCode(), stopped.output());
    pids.forEach(pid -> assertFalse(runs(pid), "still runs: " + pid));
    assertFalse(Files.exists(RUN));
  }

  /** One that has ended counts as gone, though nobody has asked for its exit code yet (state Z). */
  private static boolean runs(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (java.io.IOException e) {
      return false; // it is gone
    }
  }

  private static void postIsReadOnAll() throws Exception {
    Http.Reply posted = Http.request(
        8081,
        "POST",
        "/entries",
        Map.of("content-type", "application/x-www-form-urlencoded"),
        "author=Ada&message=Hello+from+node+1".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertEquals(303, posted.status(), posted.toString());
    for (int port : SITE) {
      Await.until("the entry is on " + port, Await.DEADLINE, () -> Http.get(port, "/"), () -> {
        String page = Http.get(port, "/").text();
        return page.contains("Hello from node 1") && page.contains("Read from the local replica");
      });
    }
  }

  private void pictureIsSeenOnAll() throws Exception {
    Path picture = ROOT.resolve("src/demo/picture.png");
    Finished uploaded = Finished.of(
        List.of(
            "curl",
            "-sS",
            "-F",
            "author=Ada",
            "-F",
            "picture=@" + picture,
            "http://127.0.0.1:8082/entries"),
        Map.of(),
        scenario.folder("curl"));
    assertEquals(0, uploaded.exitCode(), uploaded.output());
    for (int port : SITE) {
      Await.until("the picture is on " + port, () -> {
        Matcher address = PICTURE.matcher(Http.get(port, "/").text());
        return address.find()
            && java.util.Arrays.equals(
                Files.readAllBytes(picture), Http.get(port, address.group()).body());
      });
    }
  }

  private void killedNodeIsMissedByNobody() throws Exception {
    long node1 = pid("node1");
    ProcessHandle.of(node1).orElseThrow().destroyForcibly();
    for (int port : List.of(8082, 8083)) {
      Await.until("answers come from living nodes on " + port, () -> {
        for (int i = 0; i < 6; i++) {
          Http.Reply page = Http.get(port, "/");
          if (page.status() != 200 || page.header("X-Guestbook-Node").equals("node1")) {
            return false;
          }
        }
        return true;
      });
    }
    // A process that is killed takes a moment to go.
    Await.until("node1 is started again", () -> script("--start", "node1").exitCode() == 0);
    Await.until("node1 serves again", () -> Http.get(8081, "/").status() == 200);
  }

  private Finished script(String... arguments) {
    List<String> command = new ArrayList<>(List.of(ROOT.resolve("scripts/run").toString()));
    command.addAll(List.of(arguments));
    return Finished.of(command, Map.of(), scenario.folder("script"));
  }

  private static List<Long> pids() throws Exception {
    List<Long> pids = new ArrayList<>();
    try (Stream<Path> files = Files.list(RUN)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.matches("(node|app)\\d\\.pid|mariadb\\.pid")) {
          pids.add(pid(name.replace(".pid", "")));
        }
      }
    }
    return pids;
  }

  private static long pid(String name) throws Exception {
    return Long.parseLong(Files.readString(RUN.resolve(name + ".pid")).split(" ", 2)[0]);
  }

  private static boolean portsAreFree() {
    for (int port : List.of(7800, 7810, 7820, 8081, 8082, 8083, 8091, 8092, 8093, 9001, 13306)) {
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      } catch (java.io.IOException e) {
        return false;
      }
    }
    return true;
  }
}
