package appliance.admin;

import appliance.model.ClusterView;
import appliance.model.PeerCalls;
import appliance.runtime.Published;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the admin needs of the rest of the node.
 *
 * @param views the cluster as this node knows it
 * @param status the object of {@code /api/status}: texts, numbers, booleans, maps and lists
 * @param metrics the text of {@code /metrics}
 * @param commands what an operator may ask for
 * @param peers to reach the master, whose {@link Admin#route} is registered as {@link #ROUTE}
 * @param settings the cluster's replicated settings
 */
public record AdminPorts(
    Published<ClusterView> views,
    Supplier<Map<String, Object>> status,
    Supplier<String> metrics,
    AdminCommands commands,
    PeerCalls peers,
    AdminSettings settings) {

  /** The prefix under which every node registers {@link Admin#route} on its peer endpoint. */
  public static final String ROUTE = "admin";
}
