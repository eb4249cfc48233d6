package appliance.cluster.raft;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jgroups.JChannel;
import org.jgroups.blocks.cs.TcpServer;
import org.jgroups.protocols.pbcast.ClientGmsImpl;
import org.jgroups.util.DefaultSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the library's classes, and sets up a channel that is never connected, beside the rest of the start:
 * the first time that takes a third of a second, and a join cannot go on without it.
 */
public final class HeadStart {

  private static final Logger log = LoggerFactory.getLogger(HeadStart.class);

  private HeadStart() {}

  /** Returns at once. */
  public static void begin() {
    JGroupsClasses.onlyThoseNeeded();
    Thread thread = new Thread(HeadStart::run, "head-start");
    thread.setDaemon(true);
    thread.start();
  }

  private static void run() {
    try {
      load();
    } catch (Exception e) { // the library's own signature
      log.warn("The group's library cannot be set up", e);
    }
  }

  /** Opens no port and no file. */
  static void load() throws Exception {
    for (Class<?> later : List.of(TcpServer.class, ClientGmsImpl.class)) {
      Class.forName(later.getName());
    }
    ExactRaft raft = new ExactRaft(List.of(), voters -> {}, (bytes, offset, length) -> false);
    raft.raftId("head-start"); // it would look up this machine's name
    InetSocketAddress nowhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    RaftStack stack = new RaftStack(nowhere, Timing.SAFE, new DefaultSocketFactory(), raft);
    new JChannel(stack.protocols(List.of(nowhere), Duration.ZERO)).close();
  }
}
