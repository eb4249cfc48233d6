package appliance.cli;

import java.io.PrintWriter;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes a node out of the rotation, and on request waits until it may be switched off. */
@Command(
    name = "drain",
    mixinStandardHelpOptions = true,
    description =
        "Takes a node out of the rotation: it finishes its requests and gets no new ones.")
final class DrainCommand extends ClientCommand {

  private static final Duration POLL = Duration.ofMillis(300);

  @Parameters(index = "0", paramLabel = "NODE", description = "The node's name.")
  private String name = "";

  @Option(names = "--wait", description = "Returns when the node is safe to switch off.")
  private boolean wait;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = MemberWait.DRAIN_SECONDS,
      description = "How long to wait at most; more than --drain-time. Default: ${DEFAULT-VALUE}")
  private int timeoutSeconds;

  @Override
  void run(AdminClient client, PrintWriter out) throws CommandFailure {
    client.command("drain", name);
    if (!wait) {
      out.println(
          name + " is leaving the rotation. 'appliance status' shows DRAINED when it is safe to"
              + " switch off.");
      return;
    }
    MemberWait.untilDrained(client, name, POLL, MemberWait.endIn(timeoutSeconds));
    out.println(name
        + Votes.without(name, client.status())
            .map(loss -> " is drained. " + loss)
            .orElse(" is drained: safe to switch off."));
  }
}
