package appliance.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Puts a drained node back into the rotation. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = "Puts a drained node back into the rotation.")
final class ResumeCommand extends ClientCommand {

  @Parameters(index = "0", paramLabel = "NODE", description = "The node's name.")
  private String name = "";

  @Override
  void run(AdminClient client, PrintWriter out) throws CommandFailure {
    client.command("resume", name);
    out.println(
        name + " is in the rotation again once it is ACTIVE: 'appliance status' shows when.");
  }
}
