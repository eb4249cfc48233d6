package appliance.cluster.raft;

import org.jgroups.Address;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.FD_ALL3;

/** The library's failure detector (5.5.7), which also tells of whom it has lately received anything at all. */
final class SignsOfLife extends FD_ALL3 {

  SignsOfLife(Timing timing) {
    setId(ClassConfigurator.getProtocolId(FD_ALL3.class));
    setInterval(timing.heartbeat().toMillis());
    setTimeout(timing.silence().toMillis());
  }

  /** Any thread. */
  boolean shownBy(Address member) {
    Bitmap lately = timestamps.get(member);
    return lately != null && !lately.needsToSuspect();
  }
}
