package appliance.model;

import java.util.List;

/**
 * The nodes at the cluster's door.
 *
 * @param asking who asks to join and waits for an operator
 * @param letIn whose key has been let in, and who has not joined yet; from no known address
 */
public record Entrants(List<Asker> asking, List<Asker> letIn) {

  public Entrants {
    asking = List.copyOf(asking);
    letIn = List.copyOf(letIn);
  }
}
