package appliance.cluster.raft;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jgroups.Address;
import org.jgroups.Event;
import org.jgroups.View;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.stack.IpAddress;

/**
 * The library's check of a suspected member (5.5.7), with two differences. It waits as long as it says, by a clock that
 * nobody sets: the library looks at its list once in each such time, and compares the time of day, so that it waits up to
 * twice as long, and for hours if the clock is set back. And a member whose port refuses connections is gone without a
 * wait: the system of its machine answers, and says that nobody listens any more.
 */
final class ExactVerify extends VERIFY_SUSPECT2 {

  /** A dying process closes its connections and its port one after the other. */
  private static final int PROBES = 3;

  private static final int PROBE_PAUSE_MILLIS = 20;
  private static final int PROBE_CONNECT_MILLIS = 150;

  private final Map<Address, Long> suspicions = new ConcurrentHashMap<>();
  private final AtomicLong count = new AtomicLong();

  ExactVerify(Duration timeout) {
    setId(ClassConfigurator.getProtocolId(VERIFY_SUSPECT2.class));
    setTimeout(timeout.toMillis());
  }

  @Override
  public synchronized void start() {
    running = true; // without the library's task that looks at its list
  }

  @Override
  public synchronized void stop() {
    super.stop();
    suspicions.clear();
  }

  @Override
  protected synchronized void addSuspects(Collection<Address> members) {
    super.addSuspects(members);
    for (Address member : members) {
      long suspicion = count.incrementAndGet();
      if (suspicions.putIfAbsent(member, suspicion) == null) {
        later(timeout, () -> confirm(member, suspicion));
        probe(member, suspicion, PROBES);
      }
    }
  }

  @Override
  public void unsuspect(Address member) {
    suspicions.remove(member);
    super.unsuspect(member);
  }

  @Override
  public Object down(Event event) {
    if (event.getType() == Event.VIEW_CHANGE) {
      suspicions.keySet().retainAll(Set.copyOf(event.<View>arg().getMembers()));
    }
    return super.down(event);
  }

  private void confirm(Address member, long suspicion) {
    if (suspicions.remove(member, suspicion) && removeSuspect(member)) {
      up_prot.up(new Event(Event.SUSPECT, List.of(member)));
    }
  }

  private void probe(Address member, long suspicion, int left) {
    later(left == PROBES ? 0 : PROBE_PAUSE_MILLIS, () -> {
      if (isGone(member)) {
        confirm(member, suspicion);
      } else if (left > 1 && suspicions.containsKey(member)) {
        probe(member, suspicion, left - 1);
      }
    });
  }

  private void later(long millis, Runnable task) {
    Future<?> unused = timer.schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  private boolean isGone(Address member) {
    return down_prot.down(new Event(Event.GET_PHYSICAL_ADDRESS, member)) instanceof IpAddress at
        && refuses(new InetSocketAddress(at.getIpAddress(), at.getPort()));
  }

  /** Whether nobody listens there. False if that is not sure: the network may be cut. */
  static boolean refuses(InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(address, PROBE_CONNECT_MILLIS);
      return false;
    } catch (ConnectException e) {
      // Also what a network without a way to the other says, in other words.
      return String.valueOf(e.getMessage()).startsWith("Connection refused");
    } catch (IOException e) {
      return false;
    }
  }
}
