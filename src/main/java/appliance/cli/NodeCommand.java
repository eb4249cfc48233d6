package appliance.cli;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code node list|drain|resume|remove}: the members, one by one. */
@Command(
    name = "node",
    mixinStandardHelpOptions = true,
    description = "Lists the nodes of the cluster, or drains, resumes or removes one.",
    subcommands = {
      NodeCommand.ListCommand.class,
      DrainCommand.class,
      ResumeCommand.class,
      NodeCommand.RemoveCommand.class
    })
final class NodeCommand extends ClientCommand {

  @Override
  void run(AdminClient client, PrintWriter out) throws CommandFailure {
    StatusTable.print(client.status(), out);
  }

  /** Prints what {@code status} prints. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the nodes: who they are, what they do, what is wrong with them.")
  static final class ListCommand extends ClientCommand {

    @Override
    void run(AdminClient client, PrintWriter out) throws CommandFailure {
      StatusTable.print(client.status(), out);
    }
  }

  /** Drains a node if it serves, and removes it. */
  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Drains a node and removes it for good; it comes back only as a new node.")
  static final class RemoveCommand extends ClientCommand {

    private static final Duration POLL = Duration.ofMillis(300);
    private static final Set<String> SERVES_NOTHING = Set.of("DOWN", "DRAINED", "WITNESS");

    @Parameters(index = "0", paramLabel = "NODE", description = "The node's name.")
    private String name = "";

    @Option(
        names = "--timeout",
        paramLabel = "SECONDS",
        defaultValue = MemberWait.DRAIN_SECONDS,
        description = "How long to wait for the drain at most; more than --drain-time."
            + " Default: ${DEFAULT-VALUE}")
    private int timeoutSeconds;

    @Override
    void run(AdminClient client, PrintWriter out) throws CommandFailure {
      JsonObject status = client.status();
      if (!SERVES_NOTHING.contains(MemberWait.stateOf(status, name))) {
        client.command("drain", name);
        out.println(name + " drains.");
        out.flush();
        MemberWait.untilDrained(client, name, POLL, MemberWait.endIn(timeoutSeconds));
      }
      client.command("remove", name);
      out.println(
          name + " is removed, and a new join secret is being made. To use that machine again, run"
              + " 'appliance new-identity' on it, give it the secret that 'appliance secret' then"
              + " prints, and start it.");
    }
  }
}
