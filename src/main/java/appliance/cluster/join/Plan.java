package appliance.cluster.join;

import appliance.cluster.state.ClusterFile;
import appliance.model.HostPort;
import java.time.Duration;
import java.util.List;

/**
 * What a node does at its start.
 *
 * @param newcomer whether others must be met: a group of this node alone would be a mistake
 * @param doors those of a newcomer's hosts that are enough, if all is well there
 */
public record Plan(
    ClusterFile file, boolean newcomer, boolean founds, Duration joinWait, List<HostPort> doors) {

  public Plan {
    doors = List.copyOf(doors);
  }

  static Plan joining(ClusterFile file, Duration joinWait, List<HostPort> doors) {
    return new Plan(file, true, false, joinWait, doors);
  }

  static Plan returning(ClusterFile file, Duration joinWait) {
    return new Plan(file, false, false, joinWait, List.of());
  }

  static Plan founding(ClusterFile file, Duration joinWait) {
    return new Plan(file, false, true, joinWait, List.of());
  }

  /**
   * The same, with the group looked for only where a newcomer has been let in, and where the group is
   * entered: each host costs it a handshake, and the others are told of by these.
   */
  public Plan byFewHosts() {
    return newcomer ? joining(file.with(doors), joinWait, doors) : this;
  }
}
