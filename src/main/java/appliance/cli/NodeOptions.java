package appliance.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which node a command talks to: one that runs on this machine, found by its data folder. */
final class NodeOptions {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "appliance-data",
      description =
          "The node's data folder; holds its address and token." + " Default: ${DEFAULT-VALUE}")
  private Path data = Path.of("appliance-data");

  @Option(
      names = "--admin",
      paramLabel = "ADDR:PORT",
      description = "Where the node's admin listens, if not where its data folder says.")
  private Optional<String> admin = Optional.empty();

  AdminClient client() throws CommandFailure {
    return AdminClient.of(data, admin);
  }
}
