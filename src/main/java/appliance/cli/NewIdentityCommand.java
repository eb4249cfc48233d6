package appliance.cli;

import appliance.node.DataFolder;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import appliance.trust.JoinSecret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What {@code --new-identity} does at a start, for a node that a service starts. */
@Command(
    name = "new-identity",
    mixinStandardHelpOptions = true,
    description =
        "For a stopped node that is a clone, or was removed: its next start joins as a new"
            + " node. Keeps its files and its replica.")
final class NewIdentityCommand implements Callable<Integer> {

  @Mixin
  private final DataOption data = new DataOption();

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Path folder = data.folder().toAbsolutePath().normalize();
    try {
      DataFolder.dropIdentity(folder);
    } catch (StartFailure e) {
      spec.commandLine().getErr().println(e.getMessage());
      spec.commandLine().getErr().flush();
      return e.exitCode().number();
    }
    spec.commandLine().getOut().println("The next start on " + folder + " joins as a new node.");
    Path secret = folder.resolve(JoinSecret.FILE);
    if (Files.exists(secret)) {
      spec.commandLine()
          .getOut()
          .println("It shows the join secret in " + secret
              + ". If this node was removed, that one is over:"
              + " write there what 'appliance secret' prints on a member, or delete the file and approve the"
              + " node.");
    }
    spec.commandLine().getOut().flush();
    return ExitCode.OK.number();
  }
}
