package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.Ports;
import appliance.testing.TestSecret;
import appliance.trust.Trust;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.protocols.PingHeader;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.stack.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A joiner whose first question for the coordinator is lost, as where both connect to each other at once. */
final class LostQuestionTest {

  private static final Duration JOIN_WAIT = Duration.ofMinutes(2);

  private final InetAddress loopback = InetAddress.getLoopbackAddress();
  private final List<InetSocketAddress> hosts = List.of(
      new InetSocketAddress(loopback, Ports.free()), new InetSocketAddress(loopback, Ports.free()));

  @TempDir
  Path folder;

  @Test
  @Timeout(60)
  void a_joiner_asks_again_long_before_its_wait_is_over() throws Exception {
    try (JChannel member = channel(hosts.get(0), new TCPPING(), 1, false);
        JChannel joiner = channel(hosts.get(1), discovery(), (int) JOIN_WAIT.toMillis(), true)) {
      member.connect("lost");
      joiner.connect("lost");
      assertEquals(2, joiner.getView().size());
    }
  }

  /** As a node has it. */
  private TCPPING discovery() throws Exception {
    ExactRaft raft = new ExactRaft(List.of("A"), voters -> {}, (bytes, offset, length) -> true);
    Trust trust = Trust.open(folder, Optional.of(TestSecret.SECRET), Clock.systemUTC());
    RaftStack stack = new RaftStack(hosts.get(1), Timing.SAFE, new MemberSockets(trust), raft);
    stack.configureRaft("A", new DurableLog(folder.resolve("raft"), reason -> {}));
    stack.protocols(hosts, JOIN_WAIT);
    return stack.discovery;
  }

  private JChannel channel(
      InetSocketAddress address, TCPPING discovery, int joinMillis, boolean loses)
      throws Exception {
    TCP tcp = new TCP();
    tcp.setBindAddress(loopback);
    tcp.setBindPort(address.getPort());
    tcp.setPortRange(0);
    JChannel channel = new JChannel(
        tcp,
        new Loss(loses),
        discovery.setInitialHosts(hosts).portRange(0),
        new NAKACK2().useMcastXmit(false),
        new UNICAST3(),
        new GMS().printLocalAddress(false).setJoinTimeout(joinMillis));
    tcp.getDiagnosticsHandler().setEnabled(false);
    return channel;
  }

  /** Loses the first question. */
  private static final class Loss extends Protocol {

    private boolean loses;

    Loss(boolean loses) {
      this.loses = loses;
    }

    @Override
    public synchronized Object down(Message message) {
      boolean question = message.getHeader(up_prot.getId()) instanceof PingHeader;
      if (loses && question) {
        loses = false;
        return message;
      }
      return down_prot.down(message);
    }
  }
}
