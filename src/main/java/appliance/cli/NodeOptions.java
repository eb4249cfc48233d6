package appliance.cli;

import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which node a command talks to: one that runs on this machine, found by its data folder. */
final class NodeOptions {

  @Mixin
  private final DataOption data = new DataOption();

  @Option(
      names = "--admin",
      paramLabel = "ADDR:PORT",
      description = "Where the node's admin listens, if not where its data folder says.")
  private Optional<String> admin = Optional.empty();

  AdminClient client() throws CommandFailure {
    return AdminClient.of(data.folder(), admin);
  }
}
