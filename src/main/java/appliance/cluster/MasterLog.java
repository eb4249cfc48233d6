package appliance.cluster;

import appliance.model.ClusterView;
import appliance.model.Member;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A line of the log for each change of the master, as this node sees it, and for each majority that is lost. */
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
    if (!now.master().equals(before.master()) || !now.epoch().equals(before.epoch())) {
      log.info(
          "The master is {} (epoch {})",
          now.masterMember().map(Member::name).orElse("nobody"),
          now.epoch());
    }
  }
}
