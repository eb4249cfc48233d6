package appliance.cluster.join;

import appliance.config.ClusterConfig;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Checks this node's address and ports before they are used, and says what to do about a wrong one. */
public final class Ports {

  private final ClusterConfig config;

  /** Of the node that is set up so. */
  public Ports(ClusterConfig config) {
    this.config = config;
  }

  /**
   * The address to listen at.
   *
   * @throws StartFailure if others could not reach it
   */
  public InetAddress bind() {
    InetAddress bind;
    try {
      bind = InetAddress.getByName(config.bind());
    } catch (UnknownHostException e) {
      throw new StartFailure(
          ExitCode.BAD_CONFIG,
          "--bind " + config.bind() + " cannot be resolved: give an address",
          e);
    }
    if (bind.isAnyLocalAddress()) {
      throw new StartFailure(
          ExitCode.BAD_CONFIG,
          "--bind " + config.bind() + " is no address that other nodes can reach: give one of this"
              + " machine's own");
    }
    return bind;
  }

  /**
   * Takes the port and leaves it again.
   *
   * @throws StartFailure if it cannot be taken
   */
  public void probe(InetAddress bind, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(bind, port));
    } catch (IOException e) {
      throw taken(port, e);
    }
  }

  /** Why a port could not be taken, and what to do. */
  public StartFailure taken(int port, IOException e) {
    String where = config.bind() + ":" + port;
    boolean foreign = e.getMessage() != null && e.getMessage().contains("assign");
    return foreign
        ? new StartFailure(
            ExitCode.BAD_CONFIG, "--bind " + config.bind() + " is no address of this machine", e)
        : new StartFailure(
            ExitCode.PORT_TAKEN,
            "the port " + where + " cannot be used (" + e.getMessage()
                + "): end the program that has"
                + " it, or choose another --port (a node uses --port and the nine above it)",
            e);
  }
}
