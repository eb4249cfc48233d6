package appliance.cli;

import appliance.runtime.ExitCode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** The command line of the jar: starts a node, unless a subcommand says otherwise. */
public final class Appliance {

  private Appliance() {}

  /** Runs one command line and returns the exit code of the process. */
  public static int run(String[] args) {
    // To read the other commands' annotations would lengthen a start: only where one is named.
    boolean startsNode = args.length > 0 && args[0].startsWith("--") && !args[0].equals("--help");
    return (startsNode ? startLine() : commandLine()).execute(args);
  }

  static CommandLine commandLine() {
    CommandLine line = startLine();
    line.addSubcommand("status", new StatusCommand());
    line.addSubcommand("drain", new DrainCommand());
    line.addSubcommand("handover", new HandoverCommand());
    line.addSubcommand("resume", new ResumeCommand());
    line.addSubcommand("demo", new DemoCommand());
    line.addSubcommand("version", new VersionCommand());
    line.addSubcommand("help", new CommandLine.HelpCommand());
    line.setAllowSubcommandsAsOptionParameters(true); // a cluster may be called "demo"
    return line;
  }

  private static CommandLine startLine() {
    CommandLine line = new CommandLine(new StartCommand().spec());
    line.setExecutionExceptionHandler(Appliance::report);
    return line;
  }

  private static int report(Exception failure, CommandLine line, CommandLine.ParseResult parsed) {
    line.getErr().println("appliance: " + failure);
    return ExitCode.FAILED.number();
  }

  /** Prints the version. */
  @Command(name = "version", description = "Print the version.")
  static final class VersionCommand implements Runnable {

    @CommandLine.Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
      spec.commandLine().getOut().println("appliance " + Version.read());
    }
  }
}
