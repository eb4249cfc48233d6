package appliance.edge.listener;

import appliance.edge.io.Opener;
import appliance.model.HostPort;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/** One port that is listened on. */
public final class HttpListener {

  private static final int BACKLOG = 4096;

  private final String purpose;
  private final HostPort address;
  private final Opener opener;
  private @Nullable AcceptingChannel<? extends StreamConnection> accepting;

  /**
   * @param purpose what an operator calls the port: the flag that sets it, but for the relay
   */
  public HttpListener(String purpose, HostPort address, Opener opener) {
    this.purpose = purpose;
    this.address = address;
    this.opener = opener;
  }

  /** Returns once connections are accepted. */
  public void start(XnioWorker worker) {
    OptionMap options = OptionMap.builder()
        .set(Options.TCP_NODELAY, true)
        .set(Options.REUSE_ADDRESSES, true)
        .set(Options.BACKLOG, BACKLOG)
        .getMap();
    try {
      accepting = worker.createStreamConnectionServer(
          address.socketAddress(), ChannelListeners.openListenerAdapter(opener::opened), options);
      accepting.resumeAccepts();
    } catch (BindException e) {
      throw failure(e);
    } catch (IOException | RuntimeException e) {
      throw new StartFailure(
          ExitCode.BAD_CONFIG, purpose + " " + address + " cannot be listened on: " + e, e);
    }
  }

  private StartFailure failure(BindException e) {
    boolean taken = String.valueOf(e.getMessage()).contains("in use");
    return taken
        ? new StartFailure(
            ExitCode.PORT_TAKEN,
            purpose + " " + address + " is taken by another program: stop it or choose another"
                + flag(),
            e)
        : new StartFailure(
            ExitCode.BAD_CONFIG,
            purpose + " " + address + " is not an address of this machine: choose another" + flag(),
            e);
  }

  private String flag() {
    return purpose.equals("https") ? " --https ADDR:PORT" : " --http ADDR:PORT";
  }

  int port() {
    AcceptingChannel<? extends StreamConnection> channel = accepting;
    return channel == null
        ? -1
        : channel.getLocalAddress(InetSocketAddress.class).getPort();
  }

  /** Closes the port; connections go on. */
  public void stopAccepting() {
    IoUtils.safeClose(accepting);
  }

  /** Closes what the port has accepted, whatever happens on it. */
  public void closeConnections() {
    opener.closeConnections();
  }
}
