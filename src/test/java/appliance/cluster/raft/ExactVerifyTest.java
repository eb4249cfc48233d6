package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import appliance.testing.Await;
import appliance.testing.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
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

  /** A clock that jumps does so within a second, as its file is read so often. */
  private static final long WAIT_MILLIS = 3000;

  private static final long MINUTES_MAX = 3;
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
    Path clock = folder.resolve("clock");
    Files.writeString(clock, "+0");
    Path said = folder.resolve("said");
    ProcessBuilder builder = new ProcessBuilder(List.of(
        Path.of(System.getProperty("java.home"), "bin/java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        System.getProperty("java.class.path"),
        SuspectedMember.class.getName(),
        Long.toString(WAIT_MILLIS),
        clock.toString(),
        "+2h",
        "-2h"));
    builder
        .environment()
        .putAll(Map.of(
            "LD_PRELOAD",
            library.toString(),
            "FAKETIME_TIMESTAMP_FILE",
            clock.toString(),
            "FAKETIME_CACHE_DURATION",
            "1",
            "DONT_FAKE_MONOTONIC",
            "1"));
    Process process =
        builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      assertTrue(process.waitFor(MINUTES_MAX, TimeUnit.MINUTES), () -> "it stays: " + read(said));
    } finally {
      process.destroyForcibly().waitFor();
    }
    List<long[]> jumps = jumps(read(said));
    assertEquals(2, jumps.size(), read(said));
    jumps.forEach(jump -> assertTrue(jump[0] >= WAIT_MILLIS, "after " + jump[0] + " ms"));
    assertTrue(jumps.get(0)[1] > HOUR_MILLIS, "the clock has jumped by " + jumps.get(0)[1]);
    assertTrue(
        jumps.get(1)[1] < -HOUR_MILLIS, "the clock has jumped by " + jumps.get(1)[1]);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How long each took, and how far the clock has jumped meanwhile, in milliseconds. */
  private static List<long[]> jumps(String told) {
    return Pattern.compile(SuspectedMember.GONE + " (-?\\d+) (-?\\d+)")
        .matcher(told)
        .results()
        .map(gone -> new long[] {Long.parseLong(gone.group(1)), Long.parseLong(gone.group(2))})
        .toList();
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
