package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import appliance.testing.Await;
import appliance.testing.Ports;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jgroups.Address;
import org.jgroups.util.Util;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member that is suspected stays if it answers, and is gone when it has surely had its time. */
final class ExactVerifyTest {

  /** Longer than a test waits: what happens within it did not wait for it. */
  private static final Duration NEVER = Duration.ofHours(1);

  private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

  private Optional<SuspectedMember> opened = Optional.empty();

  private SuspectedMember pair(Duration verify) throws Exception {
    SuspectedMember pair = new SuspectedMember(verify);
    opened = Optional.of(pair);
    return pair;
  }

  @AfterEach
  void close() {
    opened.ifPresent(SuspectedMember::close);
  }

  @Test
  void who_is_dead_is_gone_without_a_wait() throws Exception {
    SuspectedMember pair = pair(NEVER);
    Address dead = pair.suspected.getAddress();
    Util.shutdown(pair.suspected);
    pair.suspect(dead);
    Await.until("one is left", () -> pair.by.getView().size() == 1);
  }

  @Test
  void who_answers_stays() throws Exception {
    SuspectedMember pair = pair(NEVER);
    pair.suspect(pair.suspected.getAddress());
    Await.until("it is suspected no more", () -> pair.verify().getSuspects().equals("[]"));
    Address third = pair.join().getAddress(); // let in after whatever that has led to
    Await.until("a third is in", () -> pair.by.getView().containsMember(third));
    assertEquals(3, pair.by.getView().size());
  }

  @Test
  void who_hangs_is_gone_after_the_wait() throws Exception {
    SuspectedMember pair = pair(Duration.ofMillis(300));
    pair.hang();
    pair.suspect(pair.suspected.getAddress());
    Await.until("one is left", () -> pair.by.getView().size() == 1);
  }

  @Test
  void a_clock_of_the_day_that_jumps_while_it_waits_neither_hastens_nor_delays_it(
      @TempDir Path folder) throws Exception {
    Path library = Stream.of("x86_64", "aarch64")
        .map(cpu -> Path.of("/usr/lib/" + cpu + "-linux-gnu/faketime/libfaketimeMT.so.1"))
        .filter(Files::exists)
        .findFirst()
        .orElse(Path.of("none"));
    assumeTrue(Files.exists(library), "libfaketime sets the clock; install it to run this test");
    long[] forth = jump(library, folder, 2000, "+2h");
    assertTrue(forth[0] >= 2000, "after " + forth[0] + " ms");
    assertTrue(forth[1] > HOUR_MILLIS, "the clock has jumped by " + forth[1] + " ms");
    long[] back = jump(library, folder, 300, "-2h");
    assertTrue(back[0] >= 300, "after " + back[0] + " ms");
    assertTrue(back[1] < -HOUR_MILLIS, "the clock has jumped by " + back[1] + " ms");
  }

  /** How long it took, and how far the clock has jumped meanwhile, in milliseconds. */
  private static long[] jump(Path library, Path folder, long wait, String by) throws Exception {
    Path clock = folder.resolve("clock");
    Files.writeString(clock, "+0");
    ProcessBuilder builder = new ProcessBuilder(List.of(
        Path.of(System.getProperty("java.home"), "bin/java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        SuspectedMember.class.getName(),
        Long.toString(wait),
        clock.toString(),
        by));
    builder
        .environment()
        .putAll(Map.of(
            "LD_PRELOAD",
            library.toString(),
            "FAKETIME_TIMESTAMP_FILE",
            clock.toString(),
            "FAKETIME_NO_CACHE",
            "1",
            "DONT_FAKE_MONOTONIC",
            "1"));
    Path said = folder.resolve("said" + by);
    Process process =
        builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      assertTrue(process.waitFor(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS), "it stays, " + by);
    } finally {
      process.destroyForcibly().waitFor();
    }
    String told = Files.readString(said);
    Matcher gone = Pattern.compile(SuspectedMember.GONE + " (-?\\d+) (-?\\d+)").matcher(told);
    assertTrue(gone.find(), told);
    return new long[] {Long.parseLong(gone.group(1)), Long.parseLong(gone.group(2))};
  }

  @Test
  void only_a_port_where_nobody_listens_refuses() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    InetSocketAddress address = new InetSocketAddress(loopback, Ports.free());
    assertTrue(ExactVerify.refuses(address));
    try (ServerSocket listening = new ServerSocket(0, 1, loopback)) {
      assertFalse(ExactVerify.refuses(new InetSocketAddress(loopback, listening.getLocalPort())));
    }
  }
}
