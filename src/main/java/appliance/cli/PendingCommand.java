package appliance.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** Lists the nodes that ask to join. */
@Command(
    name = "pending",
    mixinStandardHelpOptions = true,
    description = "Lists the nodes that ask to join and do not have the cluster's secret.")
final class PendingCommand extends ClientCommand {

  @Override
  void run(AdminClient client, PrintWriter out) throws CommandFailure {
    JsonElement asking = client.status().get("asking");
    if (asking == null || asking.getAsJsonArray().isEmpty()) {
      out.println("No node asks to join.");
      return;
    }
    for (JsonElement element : asking.getAsJsonArray()) {
      JsonObject asker = element.getAsJsonObject();
      out.println(asker.get("fingerprint").getAsString()
          + "  " + asker.get("name").getAsString()
          + " at " + asker.get("address").getAsString());
    }
    out.println("Compare the fingerprint with the one in that node's log, then: appliance approve"
        + " FINGERPRINT");
  }
}
