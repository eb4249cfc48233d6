package appliance.cli;

import appliance.runtime.ExitCode;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Goes on with this node alone when the majority is gone for good. */
@Command(
    name = "recover",
    mixinStandardHelpOptions = true,
    description =
        "Makes a new cluster of this node alone, from what it has, when the majority is gone"
            + " for good.")
final class RecoverCommand extends ClientCommand {

  @Option(
      names = "--force-new-cluster",
      description = "Required: the other nodes cannot come back as they are.")
  private boolean force;

  @Mixin
  private final Confirmation confirmation = new Confirmation();

  @Override
  void run(AdminClient client, PrintWriter out) throws CommandFailure {
    if (!force) {
      throw new CommandFailure(
          ExitCode.BAD_CONFIG,
          "All other nodes are left behind, so this needs --force-new-cluster. If they can be started,"
              + " start them instead.");
    }
    alone(client, out, confirmation);
  }

  /** Shows what may be lost, asks, and goes on with the node that {@code client} talks to alone. */
  static void alone(AdminClient client, PrintWriter out, Confirmation confirmation)
      throws CommandFailure {
    JsonObject status = client.status();
    if (status.get("quorum").getAsBoolean()) {
      throw new CommandFailure(
          ExitCode.CLUSTER,
          "The cluster has a majority and needs no recovery; 'appliance status' says what is wrong.");
    }
    LossReport.ofGoingOnAlone(status, out);
    confirmation.ask(LossReport.text(status, "cluster"), out);
    String node = LossReport.text(status, "node");
    client.command("recover", node);
    out.println(
        node + " goes on alone, as a new cluster of the same name. To let another node join it, run"
            + " 'appliance new-identity' there, give it the present secret ('appliance secret'"
            + " prints it), and start it.");
  }
}
