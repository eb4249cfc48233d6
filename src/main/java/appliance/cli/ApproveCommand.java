package appliance.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Lets in a node that asks to join. */
@Command(
    name = "approve",
    mixinStandardHelpOptions = true,
    description = "Lets a node join that asks to; 'appliance pending' lists them.")
final class ApproveCommand extends ClientCommand {

  @Parameters(
      index = "0",
      paramLabel = "FINGERPRINT|NAME",
      description = "The fingerprint (safe) or the name (convenient, but anyone can claim it).")
  private String which = "";

  @Override
  void run(AdminClient client, PrintWriter out) throws CommandFailure {
    client.command("approve", which);
    out.println(which + " is let in, and joins by itself.");
  }
}
