package appliance.cluster.join;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.cluster.Lab;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.testing.Await;
import appliance.testing.TestSecret;
import appliance.trust.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The port that answers strangers. */
final class DoorbellTest {

  @RegisterExtension
  final Lab lab = new Lab("test");

  @Test
  void silent_connections_and_garbage_do_not_keep_others_from_an_answer() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (Search search = new Search(lab.trust(lab.seat("z"), Optional.of(TestSecret.SECRET)))) {
      lab.start("a");
      HostPort address = lab.seat("a").address();
      List<Socket> idle = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        Socket socket =
            new Socket(InetAddress.getLoopbackAddress(), address.port() + Doorbell.PORT_OFFSET);
        idle.add(socket);
        byte[] garbage = new byte[random.nextInt(100)];
        random.nextBytes(garbage);
        if (i % 2 == 0) {
          write(socket, garbage);
        }
      }
      Greeting.Question question = question();
      Await.until(
          "an answer, seed " + seed,
          () -> search.ask(List.of(address), question).size() == 1);
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  void a_clock_that_is_an_hour_off_keeps_nobody_out_and_one_that_is_years_off_is_named(
      @TempDir Path folder) throws Exception {
    lab.start("a");
    for (long hours : List.of(1, -1)) {
      Await.until(
          hours + " h off",
          () -> replies(Files.createTempDirectory(folder, "near"), Duration.ofHours(hours)) == 1);
    }
    for (long days : List.of(1000, -1000)) {
      Path data = Files.createTempDirectory(folder, "far");
      Clock wrong = Clock.offset(Clock.systemUTC(), Duration.ofDays(days));
      try (Trust trust = Trust.open(data, Optional.of(TestSecret.SECRET), wrong);
          Search search = new Search(trust)) {
        HostPort address = lab.seat("a").address();
        Await.until(
            days + " days off",
            () -> search.ask(List.of(address), question()).isEmpty()
                && search.silent().getOrDefault(address, "").contains("compare both clocks"));
      }
    }
  }

  /** How many nodes answer one whose clock is off by so much. */
  private int replies(Path data, Duration off) {
    Clock wrong = Clock.offset(Clock.systemUTC(), off);
    try (Trust trust = Trust.open(data, Optional.of(TestSecret.SECRET), wrong);
        Search search = new Search(trust)) {
      return search.ask(List.of(lab.seat("a").address()), question()).size();
    }
  }

  private static Greeting.Question question() {
    return new Greeting.Question(
        "test",
        NodeId.random(),
        "b",
        Optional.empty(),
        0,
        new HostPort("127.0.0.1", 1),
        Greeting.Proof.NONE);
  }

  private static void write(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      // it was thrown out already, as it should be
      assertEquals(false, socket.isInputShutdown());
    }
  }
}
