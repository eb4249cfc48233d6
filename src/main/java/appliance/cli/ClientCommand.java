package appliance.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What all commands that talk to a running node share: the node's options, output and failures. */
abstract class ClientCommand implements Callable<Integer> {

  @Mixin
  private final NodeOptions node = new NodeOptions();

  @Spec
  private CommandSpec spec = CommandSpec.create();

  abstract void run(AdminClient client, PrintWriter out) throws CommandFailure;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      run(node.client(), out);
      return 0;
    } catch (CommandFailure failure) {
      spec.commandLine().getErr().println(failure.getMessage());
      return failure.exitCode().number();
    } finally {
      out.flush();
      spec.commandLine().getErr().flush();
    }
  }
}
