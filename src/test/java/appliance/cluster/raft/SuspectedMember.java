package appliance.cluster.raft;

import appliance.testing.Await;
import appliance.testing.Ports;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;
import org.jgroups.Event;
import org.jgroups.JChannel;
import org.jgroups.protocols.DISCARD;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;

/** Two members over TCP on loopback, of which the first comes to suspect the second. */
final class SuspectedMember implements AutoCloseable {

  /** Begins the line that tells of it. */
  static final String GONE = "gone";

  /** For one that joins: the first one is there. */
  private static final int JOIN_MILLIS = 60_000;

  private final InetAddress loopback = InetAddress.getLoopbackAddress();
  private final List<InetSocketAddress> hosts = List.of(free(), free(), free());
  private final List<JChannel> channels = new ArrayList<>();
  private final Duration verify;

  /** Those of the one that suspects. */
  final StuckSockets sockets = new StuckSockets();

  final JChannel by;
  final JChannel suspected;

  /**
   * @param verify how long the first one waits for a word of the second
   */
  SuspectedMember(Duration verify) throws Exception {
    this.verify = verify;
    by = join();
    suspected = join();
    Await.until("both are in", () -> by.getView().size() == 2);
  }

  private InetSocketAddress free() {
    return new InetSocketAddress(loopback, Ports.free());
  }

  /** One more member; the one that suspects lets it in, after all that it had to do before. */
  JChannel join() throws Exception {
    ExactTcp tcp = new ExactTcp();
    if (channels.isEmpty()) {
      tcp.setSocketFactory(sockets);
    }
    tcp.enableSuspectEvents(true);
    tcp.setBindAddress(loopback);
    tcp.setBindPort(hosts.get(channels.size()).getPort());
    tcp.setPortRange(0);
    JChannel channel = new JChannel(
        tcp,
        new DISCARD(),
        new TCPPING().setInitialHosts(hosts).portRange(0),
        new ExactVerify(verify),
        new NAKACK2().useMcastXmit(false),
        new UNICAST3(),
        new STABLE(),
        new GMS().printLocalAddress(false).setJoinTimeout(channels.isEmpty() ? 1 : JOIN_MILLIS));
    tcp.getDiagnosticsHandler().setEnabled(false);
    channels.add(channel);
    return channel.connect("verify");
  }

  ExactVerify verify() {
    return by.getProtocolStack().findProtocol(ExactVerify.class);
  }

  void suspect(Address member) {
    verify().up(new Event(Event.SUSPECT, List.of(member)));
  }

  /** Its process is stopped: connections are taken, and no word comes. */
  void hang() {
    suspected.getProtocolStack().<DISCARD>findProtocol(DISCARD.class).discardAll(true);
  }

  @Override
  public void close() {
    sockets.closeAll();
    channels.forEach(JChannel::close);
  }

  /**
   * In a process whose clock of the day a file sets: has a member hang, has the clock jump while that is
   * verified, and tells in milliseconds how long it took until the member was gone, and how far the clock has
   * jumped; for each jump.
   *
   * @param args the wait in milliseconds, the file, and what to write into it, once for each jump
   */
  public static void main(String[] args) throws Exception {
    for (String jump : List.of(args).subList(2, args.length)) {
      try (SuspectedMember pair = new SuspectedMember(Duration.ofMillis(Long.parseLong(args[0])))) {
        pair.hang();
        long wall = System.currentTimeMillis();
        long from = System.nanoTime();
        pair.suspect(pair.suspected.getAddress());
        Files.writeString(Path.of(args[1]), jump);
        while (pair.by.getView().size() == 2) {
          TimeUnit.MILLISECONDS.sleep(5);
        }
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
        long jumped = System.currentTimeMillis() - wall - took;
        System.out.write(
            (GONE + " " + took + " " + jumped + "\n").getBytes(StandardCharsets.US_ASCII));
        System.out.flush();
      }
    }
    System.exit(0);
  }
}
