package appliance.cluster;

import appliance.model.ClusterView;
import appliance.model.Member;
import appliance.model.MemberState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line of the log for each change of the master, as this node sees it, for each majority that is lost, and for each
 * node that goes and comes.
 */
final class MasterLog {

  private static final Logger log = LoggerFactory.getLogger(Cluster.class);

  private MasterLog() {}

  /**
   * @param leaves whether this node is on its way out: a majority that it does not see then is no news
   */
  static void changed(ClusterView before, ClusterView now, boolean leaves) {
    if (!leaves && before.quorum() && now.shortage().any()) {
      log.warn(
          "The majority is lost, and with it the master: {}", now.shortage().words());
    }
    if (!leaves) {
      now.members().forEach(member -> tell(before, member));
    }
    if (!now.master().equals(before.master()) || !now.epoch().equals(before.epoch())) {
      log.info("{} (epoch {})", master(before, now), now.epoch());
    }
  }

  private static String master(ClusterView before, ClusterView now) {
    if (now.masterMember().isPresent()) {
      return "The master is " + now.masterMember().get().name();
    }
    return before.isMaster() && now.quorum()
        ? "This node does not write as master for now: it hands over, or the cluster's log is slow to renew its"
            + " lease (if it comes often, see its disk, its CPU and the network)"
        : "There is no master for now";
  }

  /** So that a failover begins with its cause. */
  private static void tell(ClusterView before, Member member) {
    boolean down = member.state() == MemberState.DOWN;
    before
        .member(member.id())
        .filter(last -> (last.state() == MemberState.DOWN) != down)
        .ifPresent(last -> {
          if (down) {
            log.warn("{} is down: {}", member.name(), member.reason());
          } else {
            log.info("{} is back", member.name());
          }
        });
  }
}
