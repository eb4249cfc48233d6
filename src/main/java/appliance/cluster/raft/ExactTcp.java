package appliance.cluster.raft;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;
import org.jgroups.PhysicalAddress;
import org.jgroups.blocks.cs.Connection;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TCP;

/**
 * The library's transport (5.5.7), with a limit for the farewell to a member that has left the view. The library writes
 * a last word on its connection before the view is told to anybody; if the member was cut off while much was on its way
 * to it, that word waits behind a write that ends when the system gives up, in a quarter of an hour. Till then no view
 * changes, and nobody becomes master.
 */
final class ExactTcp extends TCP {

  /** Many times what a word takes where there is room for it. */
  private static final int FAREWELL_MILLIS_MAX = 200;

  ExactTcp() {
    setId(ClassConfigurator.getProtocolId(TCP.class));
  }

  @Override
  public void retainAll(Collection<Address> members) {
    List<Connection> leaving = new ArrayList<>();
    srv.forAllConnections((address, connection) -> {
      if (!members.contains(address) && !is_member.test((PhysicalAddress) address)) {
        leaving.add(connection);
      }
    });
    if (!leaving.isEmpty()) {
      Future<?> unused = getTimer()
          .schedule(() -> leaving.forEach(this::end), FAREWELL_MILLIS_MAX, TimeUnit.MILLISECONDS);
    }
    super.retainAll(members);
  }

  /** Ends whatever waits for it, too. */
  private void end(Connection connection) {
    try {
      connection.close(false);
    } catch (IOException e) {
      log.debug("A connection was closed already", e);
    }
  }
}
