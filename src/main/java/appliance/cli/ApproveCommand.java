package appliance.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Lets in a node that asks to join. */
@Command(
    name = "approve",
    mixinStandardHelpOptions = true,
    description = "Lets in a node that asks to join; 'pending' lists those that do.")
final class ApproveCommand extends ClientCommand {

  @Parameters(
      index = "0",
      paramLabel = "FINGERPRINT|NAME",
      description = "What the node has printed when it was started: sure. Or its name: handy.")
  private String which = "";

  @Override
  void run(AdminClient client, PrintWriter out) throws CommandFailure {
    client.command("approve", which);
    out.println(which + " is let in, and joins by itself.");
  }
}
