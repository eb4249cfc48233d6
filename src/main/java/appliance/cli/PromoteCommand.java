package appliance.cli;

import appliance.runtime.ExitCode;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a node master against the cluster's judgement, or without its majority. */
@Command(
    name = "promote",
    mixinStandardHelpOptions = true,
    description =
        "Makes a node master by force, for example when one of two nodes is lost. In all other"
            + " cases use 'appliance handover'.")
final class PromoteCommand extends ClientCommand {

  @Parameters(index = "0", paramLabel = "NODE", description = "The node's name.")
  private String name = "";

  @Option(names = "--force", description = "Required: writes may be lost.")
  private boolean force;

  @Mixin
  private final Confirmation confirmation = new Confirmation();

  @Override
  void run(AdminClient client, PrintWriter out) throws CommandFailure {
    if (!force) {
      throw new CommandFailure(
          ExitCode.BAD_CONFIG,
          "This can lose writes, so it needs --force. 'appliance handover " + name
              + "' loses none.");
    }
    JsonObject status = client.status();
    if (!status.get("quorum").getAsBoolean()) {
      if (!name.equals(LossReport.text(status, "node"))) {
        throw new CommandFailure(
            ExitCode.CLUSTER,
            "There is no majority, so only " + name
                + " itself can do this: run it on that machine.");
      }
      RecoverCommand.alone(client, out, confirmation);
      return;
    }
    LossReport.ofPromoting(name, status, out);
    confirmation.ask(name, out);
    client.command("promote", name);
    out.println(name + " is master now.");
  }
}
