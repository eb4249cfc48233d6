package appliance.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Whose data folder a command reads: that of a node on this machine. */
final class DataOption {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:APPLIANCE_DATA:-appliance-data}",
      description = "The node's data folder. Default: APPLIANCE_DATA, or appliance-data.")
  private Path folder = Path.of("appliance-data");

  Path folder() {
    return folder;
  }
}
