package appliance.cluster.join;

import appliance.cluster.state.Wire;
import appliance.config.ClusterConfig;
import appliance.model.HostPort;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Multicast on a LAN: says where this node listens, and hears where others of the same cluster's name do.
 * Only a hint of whom to ask at the {@link DiscoveryServer}; nothing is believed from it. Its own thread listens.
 */
public final class Hint implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Hint.class);

  /** From the range of RFC 2365 for one organisation; does not leave the network segment (TTL 1). */
  private static final String GROUP = "239.255.78.0";

  private static final int BYTES_MAX = 1024;
  private static final long CALL_PAUSE_NANOS = 100_000_000;

  private final ClusterConfig config;
  private final Consumer<HostPort> heard;
  private @Nullable MulticastSocket socket;
  private @Nullable InetSocketAddress group;
  private volatile long calledAt = System.nanoTime();

  /** {@code heard} is told of each node of the cluster's name that has called. */
  public Hint(ClusterConfig config, Consumer<HostPort> heard) {
    this.config = config;
    this.heard = heard;
  }

  /** Does without, and says so, where there is no multicast. */
  public void open(InetAddress bind) {
    try {
      MulticastSocket opened = new MulticastSocket(ClusterConfig.PORT_DEFAULT);
      socket = opened;
      group = new InetSocketAddress(InetAddress.getByName(GROUP), ClusterConfig.PORT_DEFAULT);
      NetworkInterface card = NetworkInterface.getByInetAddress(bind);
      opened.joinGroup(group, card);
      if (card != null) {
        opened.setNetworkInterface(card);
      }
      opened.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1);
      Thread listener = new Thread(() -> listen(opened), "cluster-hint");
      listener.setDaemon(true);
      listener.start();
    } catch (IOException e) {
      close();
      log.warn(
          "Other nodes cannot be found by multicast ({}): name them with --peers", e.getMessage());
    }
  }

  /** Says that this node is there. */
  public void call() {
    MulticastSocket open = socket;
    if (open == null || group == null) {
      return;
    }
    calledAt = System.nanoTime();
    byte[] bytes = Wire.encode(out -> {
      Wire.text(out, config.cluster(), Wire.NAME_BYTES_MAX);
      Wire.hostPort(out, config.address());
    });
    try {
      open.send(new DatagramPacket(bytes, bytes.length, group));
    } catch (IOException e) {
      log.debug("A multicast could not be sent", e);
    }
  }

  /** Lets a newcomer know at once, but never answers an answer for ever. */
  private void answer() {
    long now = System.nanoTime();
    if (now - calledAt > CALL_PAUSE_NANOS) {
      call();
    }
  }

  private void listen(MulticastSocket open) {
    DatagramPacket packet = new DatagramPacket(new byte[BYTES_MAX], BYTES_MAX);
    while (!open.isClosed()) {
      try {
        packet.setLength(BYTES_MAX);
        open.receive(packet);
        byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
        Wire.decode(bytes, in -> {
          boolean ours = Wire.text(in, Wire.NAME_BYTES_MAX).equals(config.cluster());
          HostPort address = Wire.hostPort(in);
          if (ours && !address.equals(config.address())) {
            heard.accept(address);
            answer();
          }
          return ours;
        });
      } catch (IOException e) {
        if (!open.isClosed()) {
          log.debug("A multicast was not understood", e);
        }
      }
    }
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.close();
    }
  }
}
