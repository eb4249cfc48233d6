package appliance.cluster.raft;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jgroups.JChannel;
import org.jgroups.blocks.cs.TcpServer;
import org.jgroups.protocols.pbcast.ClientGmsImpl;
import org.jgroups.stack.ProtocolStack;
import org.jgroups.util.DefaultSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the library's classes beside the rest of the start: they take a quarter of a second, and a join
 * cannot go on without them.
 */
public final class HeadStart {

  private static final Logger log = LoggerFactory.getLogger(HeadStart.class);

  private HeadStart() {}

  /** Returns at once. */
  public static void begin() {
    JGroupsClasses.onlyThoseNeeded();
    Thread thread = new Thread(HeadStart::load, "head-start");
    thread.setDaemon(true);
    thread.start();
  }

  private static void load() {
    try {
      for (Class<?> later :
          List.of(JChannel.class, ProtocolStack.class, TcpServer.class, ClientGmsImpl.class)) {
        Class.forName(later.getName());
      }
      ExactRaft raft = new ExactRaft(List.of(), voters -> {}, (bytes, offset, length) -> false);
      InetSocketAddress nowhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      RaftStack stack = new RaftStack(nowhere, Timing.SAFE, new DefaultSocketFactory(), raft);
      stack.protocols(List.of(nowhere), Duration.ZERO);
    } catch (ClassNotFoundException e) {
      log.warn("The jar is not whole", e);
    }
  }
}
