package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import appliance.testing.Ports;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jgroups.Address;
import org.jgroups.Event;
import org.jgroups.JChannel;
import org.jgroups.protocols.DISCARD;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.util.Util;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two members over TCP on loopback, one of which is suspected. */
final class ExactVerifyTest {

  /** Longer than a test waits: what happens within it did not wait for it. */
  private static final Duration NEVER = Duration.ofHours(1);

  private final InetAddress loopback = InetAddress.getLoopbackAddress();
  private final List<InetSocketAddress> hosts = List.of(free(), free());
  private final List<JChannel> channels = new ArrayList<>();

  private InetSocketAddress free() {
    return new InetSocketAddress(loopback, Ports.free());
  }

  @AfterEach
  void close() {
    channels.forEach(JChannel::close);
  }

  private JChannel join(Duration verify) throws Exception {
    TCP tcp = new TCP();
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
        new GMS().printLocalAddress(false));
    tcp.getDiagnosticsHandler().setEnabled(false);
    channels.add(channel);
    return channel.connect("verify");
  }

  private static void suspect(JChannel by, Address suspected) {
    ExactVerify verify = by.getProtocolStack().findProtocol(ExactVerify.class);
    verify.up(new Event(Event.SUSPECT, List.of(suspected)));
  }

  @Test
  void who_is_dead_is_gone_without_a_wait() throws Exception {
    JChannel a = join(NEVER);
    JChannel b = join(NEVER);
    Await.until("both are in", () -> a.getView().size() == 2);
    Address dead = b.getAddress();
    Util.shutdown(b);
    suspect(a, dead);
    Await.until("one is left", () -> a.getView().size() == 1);
  }

  @Test
  void who_answers_stays() throws Exception {
    JChannel a = join(NEVER);
    JChannel b = join(NEVER);
    Await.until("both are in", () -> a.getView().size() == 2);
    suspect(a, b.getAddress());
    ExactVerify verify = a.getProtocolStack().findProtocol(ExactVerify.class);
    Await.until("nobody is suspected", () -> verify.getSuspects().equals("[]"));
    assertEquals(2, a.getView().size());
  }

  @Test
  void who_hangs_is_gone_after_the_wait() throws Exception {
    JChannel a = join(Duration.ofMillis(300));
    JChannel b = join(NEVER);
    Await.until("both are in", () -> a.getView().size() == 2);
    b.getProtocolStack().<DISCARD>findProtocol(DISCARD.class).discardAll(true);
    suspect(a, b.getAddress());
    Await.until("one is left", () -> a.getView().size() == 1);
  }

  @Test
  void only_a_port_where_nobody_listens_refuses() throws Exception {
    InetSocketAddress address = free();
    assertTrue(ExactVerify.refuses(address));
    try (ServerSocket listening = new ServerSocket(0, 1, loopback)) {
      assertFalse(ExactVerify.refuses(new InetSocketAddress(loopback, listening.getLocalPort())));
    }
  }
}
