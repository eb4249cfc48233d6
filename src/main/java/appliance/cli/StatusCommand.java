package appliance.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the cluster as the node on this machine sees it. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows the cluster as the node on this machine sees it.")
final class StatusCommand extends ClientCommand {

  @Option(names = "--json", description = "Prints the object of /api/status.")
  private boolean json;

  @Override
  void run(AdminClient client, PrintWriter out) throws CommandFailure {
    JsonObject status = client.status();
    if (json) {
      Gson gson = new GsonBuilder()
          .setPrettyPrinting()
          .serializeNulls()
          .disableHtmlEscaping()
          .create();
      out.println(gson.toJson(status));
    } else {
      StatusTable.print(status, out);
    }
  }
}
