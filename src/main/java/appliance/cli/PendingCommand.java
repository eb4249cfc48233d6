package appliance.cli;

import appliance.runtime.ExitCode;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;

/** Lists the nodes that ask to join. */
@Command(
    name = "pending",
    mixinStandardHelpOptions = true,
    description =
        "Lists the nodes that ask to join and do not have the cluster's secret, and those that"
            + " were let in and have not joined yet.")
final class PendingCommand extends ClientCommand {

  @Override
  void run(AdminClient client, PrintWriter out) throws CommandFailure {
    JsonObject status = client.status();
    if (status.getAsJsonArray("members").isEmpty()) {
      throw new CommandFailure(
          ExitCode.CLUSTER,
          "Only members know. " + status.getAsJsonArray("warnings").get(0).getAsString());
    }
    List<JsonObject> asking = list(status, "asking");
    List<JsonObject> letIn = list(status, "letIn");
    asking.forEach(
        asker -> out.println(named(asker) + " at " + asker.get("address").getAsString()));
    out.println(
        asking.isEmpty()
            ? "No node asks to join."
            : "Compare the fingerprint with the one in that node's log, then: appliance approve"
                + " FINGERPRINT");
    if (!letIn.isEmpty()) {
      out.println("Let in, and not joined yet (to take that back: appliance refuse FINGERPRINT):");
      letIn.forEach(node -> out.println(named(node)));
    }
  }

  private static List<JsonObject> list(JsonObject status, String field) {
    JsonElement nodes = status.get(field);
    return nodes == null
        ? List.of()
        : nodes.getAsJsonArray().asList().stream()
            .map(JsonElement::getAsJsonObject)
            .toList();
  }

  private static String named(JsonObject node) {
    return node.get("fingerprint").getAsString() + "  " + node.get("name").getAsString();
  }
}
