package appliance.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Turns away a node that asks to join. */
@Command(
    name = "refuse",
    mixinStandardHelpOptions = true,
    description = "Turns away a node that asks to join, or was let in and has not joined yet."
        + " 'appliance pending' lists both.")
final class RefuseCommand extends ClientCommand {

  @Parameters(
      index = "0",
      paramLabel = "FINGERPRINT|NAME",
      description = "As 'appliance pending' shows it.")
  private String which = "";

  @Override
  void run(AdminClient client, PrintWriter out) throws CommandFailure {
    client.command("refuse", which);
    out.println(which
        + " is refused, and is told so. To let it in after all: appliance approve FINGERPRINT");
  }
}
