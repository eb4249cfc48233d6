package appliance.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.Fingerprint;
import appliance.runtime.Force;
import appliance.testing.Await;
import appliance.testing.Seed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose connections a port between nodes takes. */
final class TrustTest {

  private static final Instant NOW = Instant.parse("2030-06-01T00:00:00Z");
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();

  @TempDir
  Path folder;

  private Trust server;
  private Trust client;
  private TlsServerSocket port;

  @BeforeEach
  void open() throws IOException {
    server = trust("server");
    client = trust("client");
    server.trusted().publish(Trusted.NOBODY.and(Set.of(client.fingerprint())));
    client.trusted().publish(Trusted.NOBODY.and(Set.of(server.fingerprint())));
    port = server.serverSocket();
    port.bind(new InetSocketAddress(HERE, 0));
  }

  @AfterEach
  void close() throws IOException {
    port.close();
    server.close();
    client.close();
  }

  private Trust trust(String name) throws IOException {
    Path data = Files.createDirectories(folder.resolve(name));
    return Trust.open(data, Optional.empty(), Clock.systemUTC());
  }

  private TlsSocket connect(Trust from) throws IOException {
    TlsSocket socket = from.socket();
    socket.connect(new InetSocketAddress(HERE, port.getLocalPort()), 5000);
    return socket;
  }

  @Test
  void a_trusted_key_gets_through_and_is_known() throws IOException {
    try (TlsSocket here = connect(client);
        TlsSocket there = (TlsSocket) port.accept()) {
      assertEquals(server.fingerprint(), here.peer());
      assertEquals(client.fingerprint(), there.peer());
      here.getOutputStream().write(42);
      assertEquals(42, there.getInputStream().read());
    }
  }

  @Test
  void who_is_trusted_no_more_loses_the_connection_and_gets_no_other() throws IOException {
    try (TlsSocket here = connect(client);
        TlsSocket there = (TlsSocket) port.accept()) {
      assertTrue(there.isConnected());
      server.trusted().publish(Trusted.NOBODY);
      assertEquals(-1, here.getInputStream().read());
      assertThrows(IOException.class, () -> connect(client).close());
      Await.until("it is counted", () -> server.refusals().count(Refusal.UNKNOWN_KEY) > 0);
    }
  }

  @Test
  void an_address_that_is_silent_holds_up_its_sender_once_until_it_answers() throws Exception {
    InetSocketAddress address;
    try (ServerSocket silent = new ServerSocket(0, 5, HERE)) {
      address = new InetSocketAddress(HERE, silent.getLocalPort());
      String first = refusal(address);
      assertFalse(first.contains("background"), first);
      for (int i = 0; i < 3; i++) {
        String further = refusal(address);
        assertTrue(further.contains("background"), further);
      }
    }
    port.close();
    port = server.serverSocket();
    port.bind(address);
    Await.until("it is taken again", () -> {
      try (TlsSocket here = client.socket()) {
        here.connect(address, 5000);
        return true;
      } catch (IOException e) {
        return false;
      }
    });
  }

  @Test
  void a_certificate_that_a_wrong_clock_has_made_is_made_anew_soon_after_the_clock_is_right()
      throws IOException {
    Instant wrong = NOW.plus(Duration.ofDays(4000));
    SetClock clock = new SetClock(wrong);
    Path data = Files.createDirectories(folder.resolve("wrong"));
    try (Trust trust = Trust.open(data, Optional.empty(), clock, Duration.ofMillis(10))) {
      assertEquals(wrong.plus(NodeKey.LIFE).toString(), certificateEnds(trust));
      Fingerprint key = trust.fingerprint();
      clock.now = NOW;
      Await.until(
          "it is made anew",
          () -> certificateEnds(trust).equals(NOW.plus(NodeKey.LIFE).toString()));
      assertEquals(key, trust.fingerprint());
    }
  }

  /** A clock of the day that somebody sets. */
  private static final class SetClock extends Clock {

    private volatile Instant now;

    SetClock(Instant now) {
      this.now = now;
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private static String certificateEnds(Trust trust) {
    return String.valueOf(trust.source().read().json().get("certificateEnds"));
  }

  @Test
  void a_private_file_is_on_disk_before_it_has_its_name_and_its_name_before_it_counts()
      throws IOException {
    Path file = folder.resolve("secret");
    List<String> forced = new ArrayList<>();
    PrivateFile.write(file, "words", path -> {
      forced.add(folder.relativize(path) + ", there: " + Files.exists(file));
      Force.DISK.of(path);
    });
    assertEquals(List.of("secret.new, there: false", ", there: true"), forced);
    assertEquals("words", PrivateFile.read(file, 100));
  }

  @Test
  void a_key_and_a_secret_that_a_restore_gave_to_others_are_taken_from_them() throws Exception {
    JoinSecret secret = JoinSecret.generate();
    secret.keep(folder);
    NodeKey.readOrMake(folder, NOW);
    List<Path> files = List.of(folder.resolve("secret"), folder.resolve("identity"));
    for (Path file : files) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    }
    assertEquals(Optional.of(secret), JoinSecret.kept(folder));
    NodeKey.readOrMake(folder, NOW);
    for (Path file : files) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }
  }

  @Test
  void a_port_whose_thread_cannot_be_started_loses_that_connection_only() throws Exception {
    AtomicInteger threads = new AtomicInteger();
    port.close();
    port = new TlsServerSocket(server::socket, server.refusals(), null, task -> {
      if (threads.incrementAndGet() == 2) { // the first one takes the connections
        throw new OutOfMemoryError("unable to create native thread, for a test");
      }
      return new Thread(task);
    });
    port.bind(new InetSocketAddress(HERE, 0));
    assertThrows(IOException.class, () -> connect(client).close());
    try (TlsSocket here = connect(client);
        Socket there = port.accept()) {
      assertTrue(here.isConnected() && there.isConnected());
    }
  }

  private String refusal(InetSocketAddress address) throws IOException {
    try (TlsSocket here = client.socket()) {
      return String.valueOf(
          assertThrows(SocketTimeoutException.class, () -> here.connect(address, 5000))
              .getMessage());
    }
  }

  @Test
  void garbage_costs_nothing_but_its_connection() throws Exception {
    long seed = Seed.next();
    Random random = new Random(seed);
    for (int i = 0; i < 50; i++) {
      byte[] garbage = new byte[1 + random.nextInt(300)];
      random.nextBytes(garbage);
      try (Socket stranger = new Socket(HERE, port.getLocalPort())) {
        stranger.getOutputStream().write(garbage);
      }
    }
    try (TlsSocket here = connect(client);
        Socket there = port.accept()) {
      assertTrue(here.isConnected() && there.isConnected(), "seed " + seed);
    }
    Await.until(
        "the garbage is counted, seed " + seed, () -> server.refusals().count(Refusal.NO_TLS) > 0);
  }

  @Test
  void who_only_tries_whether_somebody_listens_is_not_counted_as_refused() throws Exception {
    for (int i = 0; i < 5; i++) {
      try (Socket probe = new Socket(HERE, port.getLocalPort())) {
        probe.shutdownOutput();
        assertEquals(-1, probe.getInputStream().read(), "until the other side is done with it");
      }
    }
    try (Socket stranger = new Socket(HERE, port.getLocalPort())) {
      stranger.getOutputStream().write(new byte[100]);
      Await.until("garbage is counted", () -> server.refusals().count(Refusal.NO_TLS) > 0);
    }
    assertEquals(1, server.refusals().count(Refusal.NO_TLS));
  }

  @Test
  void an_expired_certificate_is_refused_and_counted_whatever_its_key() throws Exception {
    NodeKey key = NodeKey.readOrMake(Files.createDirectories(folder.resolve("old")), NOW);
    Refusals refusals = new Refusals();
    Instant late = NOW.plus(NodeKey.LIFE).plus(Duration.ofDays(2));
    KeyCheck inTime = new KeyCheck(k -> true, Clock.fixed(NOW, ZoneOffset.UTC), refusals);
    KeyCheck tooLate = new KeyCheck(k -> true, Clock.fixed(late, ZoneOffset.UTC), refusals);
    assertEquals(key.fingerprint(), inTime.check(key.certificate(), HERE));
    assertThrows(RefusedKey.class, () -> tooLate.check(key.certificate(), HERE));
    assertEquals(1, refusals.count(Refusal.EXPIRED));
  }

  @Test
  void a_certificate_is_renewed_long_before_its_end_and_the_key_stays() throws Exception {
    Path data = Files.createDirectories(folder.resolve("renewed"));
    Fingerprint first = NodeKey.readOrMake(data, NOW).fingerprint();
    Instant later = NOW.plus(NodeKey.LIFE).minus(NodeKey.RENEW_BEFORE).plusSeconds(1);
    NodeKey renewed = NodeKey.readOrMake(data, later);
    assertEquals(first, renewed.fingerprint());
    assertEquals(later.plus(NodeKey.LIFE), renewed.certificate().getNotAfter().toInstant());
  }
}
