package appliance.cli;

import appliance.runtime.ExitCode;
import appliance.runtime.FileTrouble;
import appliance.trust.JoinSecret;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what another node needs to join; reads the data folder, so that it works while no node runs. */
@Command(
    name = "secret",
    mixinStandardHelpOptions = true,
    description = "Prints the cluster's join secret: for --secret-file of another node.")
final class SecretCommand implements Callable<Integer> {

  @Mixin
  private final DataOption data = new DataOption();

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Path folder = data.folder();
    try {
      Optional<JoinSecret> secret = JoinSecret.kept(folder);
      if (secret.isPresent()) {
        spec.commandLine().getOut().println(secret.get().text());
        spec.commandLine().getOut().flush();
        return ExitCode.OK.number();
      }
      complain("There is no secret in " + folder.toAbsolutePath().normalize()
          + ": name the data folder of a member with --data DIR.");
    } catch (IOException e) {
      complain("The secret in " + folder + " cannot be read (" + FileTrouble.of(e)
          + "): run this as root, or as the node's user.");
    }
    return ExitCode.DATA_FOLDER.number();
  }

  private void complain(String text) {
    spec.commandLine().getErr().println(text);
    spec.commandLine().getErr().flush();
  }
}
