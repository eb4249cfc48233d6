package appliance.cluster.join;

import appliance.cluster.state.ClusterFile;
import java.time.Duration;

/**
 * What a node does at its start.
 *
 * @param newcomer whether others must be met: a group of this node alone would be a mistake
 */
public record Plan(ClusterFile file, boolean newcomer, boolean founds, Duration joinWait) {

  /**
   * The same, with the group looked for only where a newcomer has been let in: each host costs it a
   * handshake, and the others are told of by the first, if that is in the group.
   */
  public Plan byOneHost() {
    return newcomer
        ? new Plan(file.with(file.hosts().subList(0, 1)), true, founds, joinWait)
        : this;
  }
}
