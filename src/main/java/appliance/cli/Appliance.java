package appliance.cli;

import appliance.runtime.ExitCode;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line of the jar: starts a node, unless a subcommand says otherwise. */
public final class Appliance {

  private Appliance() {}

  /** Runs one command line and returns the exit code of the process. */
  public static int run(String[] args) {
    // A start is not to wait for picocli where nothing is to be explained.
    return PlainFlags.of(args)
        .filter(flags -> args.length > 0)
        .map(Appliance::start)
        .orElseGet(() -> commandLine().execute(args));
  }

  private static int start(PlainFlags flags) {
    PrintWriter err = new PrintWriter(System.err, true, Charset.defaultCharset());
    PrintWriter out = new PrintWriter(System.out, true, Charset.defaultCharset());
    try {
      return new NodeStart(out, err).run(flags).number();
    } catch (RuntimeException e) {
      return report(e, err);
    }
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new StartCommand().spec());
    line.setExecutionExceptionHandler((e, failed, parsed) -> report(e, failed.getErr()));
    line.addSubcommand("status", new StatusCommand());
    line.addSubcommand("drain", new DrainCommand());
    line.addSubcommand("handover", new HandoverCommand());
    line.addSubcommand("resume", new ResumeCommand());
    line.addSubcommand("node", new NodeCommand());
    line.addSubcommand("promote", new PromoteCommand());
    line.addSubcommand("recover", new RecoverCommand());
    line.addSubcommand("password", new PasswordCommand());
    line.addSubcommand("replica", new ReplicaCommand());
    line.addSubcommand("archive", new ArchiveCommand());
    line.addSubcommand("secret", new SecretCommand());
    line.addSubcommand("new-identity", new NewIdentityCommand());
    line.addSubcommand("pending", new PendingCommand());
    line.addSubcommand("approve", new ApproveCommand());
    line.addSubcommand("refuse", new RefuseCommand());
    line.addSubcommand("demo", new DemoCommand());
    line.addSubcommand("version", new VersionCommand());
    line.addSubcommand("help", new CommandLine.HelpCommand());
    line.setAllowSubcommandsAsOptionParameters(true); // a cluster may be called "demo"
    line.setParameterExceptionHandler((e, args) -> misused(e));
    return line;
  }

  /** The usage of a start has more lines than a terminal: behind it nobody would see what is wrong. */
  private static int misused(ParameterException e) {
    CommandLine line = e.getCommandLine();
    PrintWriter err = line.getErr();
    err.println("appliance: " + e.getMessage());
    boolean start = line.getParent() == null;
    if (!UnmatchedArgumentException.printSuggestions(e, err) && !start) {
      line.usage(err);
    } else if (start) {
      err.println("All commands and options: java -jar appliance.jar --help");
    }
    return ExitCode.BAD_CONFIG.number();
  }

  private static int report(Exception failure, PrintWriter err) {
    err.println("appliance: " + failure);
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
