package appliance.cluster.raft;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import org.jgroups.protocols.FRAG2;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.MFC;
import org.jgroups.protocols.PerDestinationBundler;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UFC;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.protocols.raft.NO_DUPES;
import org.jgroups.stack.Protocol;
import org.jgroups.util.SocketFactory;

/** The JGroups protocols of one channel, from the wire up, with the settings that tests have shown. */
final class RaftStack {

  private static final int SOCKET_CONNECT_MILLIS = 150;
  /** Messages on their way to one node. */
  private static final int QUEUE_MAX = 4096;

  /**
   * For what is unacknowledged to be sent again to one that has left. Its sender has to be there for longer: a
   * later one would be taken away by nobody.
   */
  private static final int CONNECTION_MILLIS_MAX = 240_000;

  /** Two that connect to each other at the same time lose what one of them has sent by then. */
  private static final Duration ASK_AGAIN = Duration.ofMillis(250);

  private static final int PEER_ADDRESS_MILLIS = 500;
  private static final int VOTE_MILLIS = 4 * SOCKET_CONNECT_MILLIS;

  /** One of two sides that find each other may hang by then; the others wait for it this long. */
  private static final int MERGE_MILLIS = 1500;

  private final TCP tcp = new ExactTcp();
  final TCPPING discovery = new TCPPING();
  final GMS membership = new GMS();
  final Hearing hearing;
  final ExactRaft raft;
  final ExactElection election;
  private final SignsOfLife signsOfLife;
  private final InetSocketAddress address;
  private final Timing timing;
  private final SocketFactory sockets;

  /**
   * @param address where this node listens
   */
  RaftStack(InetSocketAddress address, Timing timing, SocketFactory sockets, ExactRaft raft) {
    this.address = address;
    this.timing = timing;
    this.sockets = sockets;
    this.raft = raft;
    signsOfLife = new SignsOfLife(timing);
    hearing = new Hearing(signsOfLife::shownBy);
    election = new ExactElection(raft.exclusion());
    raft.onDeposed(election::startVotingThread);
  }

  Protocol[] protocols(Collection<InetSocketAddress> hosts, Duration joinWait) {
    discovery.portRange(0).setInitialHosts(hosts);
    discovery.returnEntireCache(true);
    discovery.numDiscoveryRuns(Math.max(1, (int) joinWait.dividedBy(ASK_AGAIN)));
    membership.setJoinTimeout(joinWait.toMillis());
    membership.setLeaveTimeout(1000);
    membership.setMergeTimeout(MERGE_MILLIS);
    membership.printLocalAddress(false);
    election.voteTimeout(VOTE_MILLIS);
    return new Protocol[] {
      transport(),
      discovery,
      new MERGE3().setMinInterval(300).setMaxInterval(900).setCheckInterval(2000),
      signsOfLife,
      new ExactVerify(timing.verify()),
      new NAKACK2().useMcastXmit(false).setXmitInterval(200),
      new UNICAST3().setXmitInterval(200).setConnCloseTimeout(CONNECTION_MILLIS_MAX),
      new STABLE().setDesiredAverageGossip(50_000).setMaxBytes(4_000_000),
      new NO_DUPES(),
      membership,
      new UFC().setMaxCredits(2_000_000).setMinThreshold(0.4),
      new MFC().setMaxCredits(2_000_000).setMinThreshold(0.4),
      new FRAG2().setFragSize(60_000),
      hearing,
      new EntryFlow(),
      election,
      raft
    };
  }

  private Protocol transport() {
    tcp.setSocketFactory(sockets);
    // A process that dies closes its connections: whoever has one suspects it at once.
    tcp.enableSuspectEvents(true);
    tcp.setPeerAddrReadTimeout(PEER_ADDRESS_MILLIS);
    tcp.setSockConnTimeout(SOCKET_CONNECT_MILLIS);
    // Who only tries whether this node answers says no more. Refusals are counted where they are
    // made.
    tcp.logAcceptError(false);
    tcp.setBindAddress(address.getAddress());
    tcp.setBindPort(address.getPort());
    tcp.setPortRange(0);
    // A thread for each destination: one that takes nothing must not hold up what is for the
    // others.
    PerDestinationBundler senders = new PerDestinationBundler();
    senders.useSingleSenderThread(false);
    senders.setCapacity(QUEUE_MAX);
    senders.removeDelay(CONNECTION_MILLIS_MAX + 10_000);
    tcp.setBundler(senders);
    tcp.getThreadPool().setMinThreads(1).setMaxThreads(50).setKeepAliveTime(30_000);
    return tcp;
  }

  /** Closes the library's own diagnostics port, once the channel exists and before it connects. */
  void silence() {
    tcp.getDiagnosticsHandler().setEnabled(false);
  }

  void configureRaft(String id, DurableLog log) {
    raft.raftId(id);
    raft.log(log);
    raft.resendInterval(50);
    raft.sendCommitsImmediately(false);
    raft.maxLogSize(1_000_000);
    raft.maxLogCacheSize(0);
    raft.logUseFsync(false); // the log forces its files itself
  }
}
