package appliance.cluster.join;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.cluster.Lab;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.testing.Await;
import appliance.testing.LogLines;
import appliance.testing.Ports;
import appliance.testing.Seed;
import appliance.testing.TestSecret;
import appliance.trust.Trust;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The port that answers strangers. */
final class DiscoveryServerTest {

  @RegisterExtension
  final Lab lab = new Lab("test");

  @Test
  void silent_connections_and_garbage_do_not_keep_others_from_an_answer() throws Exception {
    long seed = Seed.next();
    Random random = new Random(seed);
    try (DiscoveryClient discoveryClient =
        new DiscoveryClient(lab.trust(lab.seat("z"), Optional.of(TestSecret.SECRET)))) {
      lab.start("a");
      HostPort address = lab.seat("a").address();
      List<Socket> idle = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        Socket socket = new Socket(
            InetAddress.getLoopbackAddress(), address.port() + DiscoveryServer.PORT_OFFSET);
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
          () -> discoveryClient.ask(List.of(address), question).size() == 1);
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  void a_host_that_is_asked_at_ever_other_ports_costs_few_lines_of_log() {
    try (LogLines told = LogLines.of(DiscoveryClient.class);
        DiscoveryClient discoveryClient =
            new DiscoveryClient(lab.trust(lab.seat("z"), Optional.of(TestSecret.SECRET)))) {
      for (int port = Ports.block(40), last = port + 30; port < last; port++) {
        assertEquals(
            List.of(), discoveryClient.ask(List.of(new HostPort("127.0.0.1", port)), question()));
      }
      assertEquals(8, told.all().size());
    }
  }

  @Test
  void who_needs_one_answer_does_not_wait_for_the_silent() throws Exception {
    lab.start("a");
    HostPort there = lab.seat("a").address();
    Trust trust = lab.trust(lab.seat("z"), Optional.of(TestSecret.SECRET));
    try (ServerSocket mute = mute();
        DiscoveryClient discoveryClient = new DiscoveryClient(trust)) {
      HostPort silent =
          new HostPort("127.0.0.1", mute.getLocalPort() - DiscoveryServer.PORT_OFFSET);
      Await.until(
          "an answer, and none awaited from the silent one",
          () -> discoveryClient
                      .ask(List.of(there, silent), question(), DiscoveryClient.Reply::proven)
                      .size()
                  == 1
              && discoveryClient.silent().isEmpty());
      Await.until(
          "the silent one does not keep the other from being asked",
          () -> discoveryClient
                  .ask(List.of(silent, there), question(), DiscoveryClient.Reply::proven)
                  .size()
              == 1);
      assertEquals(
          List.of(there),
          discoveryClient.ask(List.of(there, silent), question(), reply -> false).stream()
              .map(DiscoveryClient.Reply::host)
              .toList());
      assertEquals(
          Set.of(silent), discoveryClient.silent().keySet(), "all are asked if none is enough");
    }
  }

  @Test
  @Timeout(180) // one that holds whoever asks holds this test
  void one_that_drips_its_answer_byte_by_byte_is_cut_off_and_counts_as_silent() throws Exception {
    Trust trust = lab.trust(lab.seat("z"), Optional.of(TestSecret.SECRET));
    try (ServerSocket dripping = mute();
        DiscoveryClient discoveryClient = new DiscoveryClient(trust)) {
      AtomicInteger dripped = new AtomicInteger();
      Thread server = new Thread(() -> drip(dripping, dripped), "dripping");
      server.setDaemon(true);
      server.start();
      HostPort host =
          new HostPort("127.0.0.1", dripping.getLocalPort() - DiscoveryServer.PORT_OFFSET);
      Await.until(
          "it has dripped and is cut off",
          () -> discoveryClient.ask(List.of(host), question()).isEmpty()
              && dripped.get() > 10
              && discoveryClient.silent().getOrDefault(host, "").contains("not whole after"));
    }
  }

  @Test
  @Timeout(180) // one that is waited for holds this test
  void a_name_server_that_never_answers_holds_nobody_and_the_host_may_be_there() throws Exception {
    lab.start("a");
    HostPort there = lab.seat("a").address();
    HostPort unknown = new HostPort("hangs.example", 7800);
    CountDownLatch never = new CountDownLatch(1);
    Trust trust = lab.trust(lab.seat("z"), Optional.of(TestSecret.SECRET));
    try (DiscoveryClient discoveryClient = new DiscoveryClient(trust, host -> {
      if (host.host().equals(unknown.host())) {
        hang(never);
      }
      return host.socketAddress();
    })) {
      Await.until(
          "the other one answers",
          () -> discoveryClient.ask(List.of(unknown, there), question()).stream()
              .map(DiscoveryClient.Reply::host)
              .toList()
              .equals(List.of(there)));
      String why = discoveryClient.silent().getOrDefault(unknown, "");
      assertEquals("no name server has answered for 4000 ms", why);
    } finally {
      never.countDown();
    }
  }

  /** As a look-up does, which takes no notice of an interrupt. */
  private static void hang(CountDownLatch until) {
    while (until.getCount() > 0) {
      Await.pause(50);
    }
  }

  /** Begins a long record of TLS, and gives a byte of it ten times a second. */
  private static void drip(ServerSocket server, AtomicInteger dripped) {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        OutputStream out = socket.getOutputStream();
        out.write(new byte[] {22, 3, 3, 0x30, 0}); // of a handshake, 12,288 bytes
        while (true) {
          out.write(2);
          dripped.incrementAndGet();
          Await.pause(100);
        }
      } catch (IOException e) {
        dripped.get(); // it was cut off, as it should be
      }
    }
  }

  @Test
  @Timeout(120) // a question that is never answered would be waited for
  void an_error_of_the_program_in_one_question_leaves_the_other_hosts_to_be_asked()
      throws Exception {
    lab.start("a");
    HostPort there = lab.seat("a").address();
    Trust trust = lab.trust(lab.seat("z"), Optional.of(TestSecret.SECRET));
    try (DiscoveryClient discoveryClient = new DiscoveryClient(trust)) {
      List<HostPort> broken = Arrays.asList(null, there);
      Await.until(
          "the other one has answered",
          () -> discoveryClient.ask(broken, question(), reply -> false).size() == 1);
    }
  }

  /** Takes connections and says nothing. */
  private static ServerSocket mute() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
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
          DiscoveryClient discoveryClient = new DiscoveryClient(trust)) {
        HostPort address = lab.seat("a").address();
        Await.until(
            days + " days off",
            () -> discoveryClient.ask(List.of(address), question()).isEmpty()
                && discoveryClient
                    .silent()
                    .getOrDefault(address, "")
                    .contains("compare both clocks"));
      }
    }
  }

  /** How many nodes answer one whose clock is off by so much. */
  private int replies(Path data, Duration off) {
    Clock wrong = Clock.offset(Clock.systemUTC(), off);
    try (Trust trust = Trust.open(data, Optional.of(TestSecret.SECRET), wrong);
        DiscoveryClient discoveryClient = new DiscoveryClient(trust)) {
      return discoveryClient.ask(List.of(lab.seat("a").address()), question()).size();
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
