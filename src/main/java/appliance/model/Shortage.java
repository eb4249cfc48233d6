package appliance.model;

import java.util.List;

/**
 * What keeps a node from a majority of those who vote: without one there is no master.
 *
 * @param voters how many there are in all; 0 if a majority is there
 * @param missing the names of those that are not in touch, in order
 * @param readOnly whether this node was started without a majority, and serves reads by its own
 *     application until there is one
 */
public record Shortage(int voters, List<String> missing, boolean readOnly) {

  public static final Shortage NONE = new Shortage(0, List.of(), false);

  public Shortage {
    missing = List.copyOf(missing);
  }

  public boolean any() {
    return voters > 0;
  }

  /** Who is missing and what to do, in one sentence; empty if a majority is there. */
  public String words() {
    if (!any()) {
      return "";
    }
    return "%d of %d voters are in touch, and a majority is needed; missing: %s. Start them, or mend the network between, or, if they are lost for good, run 'appliance recover --force-new-cluster' on one that is up"
        .formatted(voters - missing.size(), voters, String.join(", ", missing));
  }
}
