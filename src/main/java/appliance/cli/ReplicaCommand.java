package appliance.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** What is about this node's replica of the database. */
@Command(
    name = "replica",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "rebuild",
    description = "Commands for this node's replica of the database.",
    subcommands = ReplicaCommand.Rebuild.class)
final class ReplicaCommand {

  /** Has the replica copied anew, for one that has stopped or that nobody trusts any more. */
  @Command(
      name = "rebuild",
      mixinStandardHelpOptions = true,
      description =
          "Copies the database again; until the copy is complete, readers keep the old one.")
  static final class Rebuild extends ClientCommand {

    @Override
    void run(AdminClient client, PrintWriter out) throws CommandFailure {
      client.local("/api/replica/rebuild");
      out.println("The database is copied again; 'appliance status' shows SNAPSHOT, then RUNNING.");
    }
  }
}
