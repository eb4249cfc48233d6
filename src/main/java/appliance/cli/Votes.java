package appliance.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Optional;
import java.util.Set;

/** Whether a cluster has a majority left once a node is switched off, by {@code /api/status}. */
final class Votes {

  private static final Set<String> VOTES = Set.of("Leader", "Follower", "Candidate");

  private Votes() {}

  /** What becomes of the cluster without {@code member}; empty if it keeps its majority. */
  static Optional<String> without(String member, JsonObject status) {
    int voters = 0;
    int others = 0;
    boolean needed = false;
    for (JsonElement each : status.getAsJsonArray("members")) {
      JsonObject object = each.getAsJsonObject();
      JsonElement cluster = object.get("cluster");
      if (cluster == null
          || !cluster.isJsonObject()
          || LossReport.text(object, "state").equals("DOWN")) {
        continue;
      }
      boolean votes = VOTES.contains(LossReport.text(cluster.getAsJsonObject(), "role"));
      if (LossReport.text(object, "name").equals(member)) {
        needed = votes;
      } else if (votes) {
        others++;
      }
      if (LossReport.text(object, "name").equals(LossReport.text(status, "node"))) {
        voters = cluster.getAsJsonObject().get("voters").getAsInt();
      }
    }
    return needed && others < voters / 2 + 1
        ? Optional.of("Without it there is no majority (" + others + " of " + voters
            + " voters are left): nothing can be written until it, or another one, is back.")
        : Optional.empty();
  }
}
