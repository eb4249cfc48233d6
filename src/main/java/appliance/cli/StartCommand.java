package appliance.cli;

import appliance.config.BadConfig;
import appliance.config.Config;
import appliance.config.ConfigReader;
import appliance.config.LocalMachine;
import appliance.config.Setting;
import appliance.node.NodeProcess;
import appliance.runtime.ExitCode;
import appliance.runtime.Readiness;
import appliance.runtime.StartFailure;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The default command: runs a node until it is told to end. Its flags are the {@link Setting}s. */
final class StartCommand implements Runnable, CommandLine.IExitCodeGenerator {

  private static final String CONFIG = "--config";

  /** No setting: it would be wrong at the next start. */
  private static final String NEW_IDENTITY = "--new-identity";

  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);
  private ExitCode exitCode = ExitCode.OK;

  StartCommand() {
    spec.name("appliance");
    spec.usageMessage()
        .synopsisHeading("")
        .customSynopsis("java -jar appliance.jar --join CLUSTER [options]")
        .description("", "Turns N plain machines into one website: start it once per machine.", "")
        .footer(
            "",
            "Each option is also a key of the file and a variable: --port, port, APPLIANCE_PORT.",
            "Exit codes: 0 ended in order, 1 failure, 2 wrong option or setting, 3 port taken,",
            "            4 data folder unusable, 5 refused by the cluster, 6 no node answers.");
    spec.addOption(option(CONFIG, "FILE", "A YAML file of these settings.", Path.class));
    for (Setting setting : Setting.values()) {
      if (!setting.isSecret()) {
        spec.addOption(option(setting));
      }
    }
    spec.addOption(OptionSpec.builder(NEW_IDENTITY)
        .description("This machine is a clone, or was removed: start once as a new node.")
        .type(boolean.class)
        .build());
    spec.mixinStandardHelpOptions(true);
    spec.versionProvider(() -> new String[] {"appliance " + Version.read()});
  }

  private static OptionSpec option(Setting setting) {
    return setting.isSwitch()
        ? OptionSpec.builder(setting.flag())
            .description(setting.description())
            .arity("0..1")
            .type(String.class)
            .fallbackValue("yes")
            .build()
        : option(setting.flag(), setting.label(), describe(setting), String.class);
  }

  private static OptionSpec option(String flag, String label, String help, Class<?> type) {
    return OptionSpec.builder(flag)
        .paramLabel(label)
        .description(help)
        .type(type)
        .build();
  }

  private static String describe(Setting setting) {
    return setting.fallback().isEmpty()
        ? setting.description()
        : setting.description() + " Default: " + setting.fallback();
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public void run() {
    exitCode = start();
  }

  private ExitCode start() {
    try {
      return runNode(config());
    } catch (BadConfig e) {
      e.problems().forEach(problem -> complain(problem.toString()));
      return ExitCode.BAD_CONFIG;
    } catch (StartFailure e) {
      complain(String.valueOf(e.getMessage()));
      return e.exitCode();
    }
  }

  private ExitCode runNode(Config config) {
    // The log's file lies in the data folder: conf/logback.xml reads this when logging begins.
    System.setProperty("appliance.data", config.cluster().data().toString());
    boolean newIdentity = spec.commandLine().getParseResult().hasMatchedOption(NEW_IDENTITY);
    Readiness readiness = new Readiness(System.getenv());
    return new NodeProcess(config, newIdentity, Version.read(), readiness, this::tell).run();
  }

  private Config config() throws BadConfig {
    CommandLine.ParseResult parsed = spec.commandLine().getParseResult();
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      if (parsed.hasMatchedOption(setting.flag())) {
        flags.put(setting, parsed.matchedOptionValue(setting.flag(), ""));
      }
    }
    Optional<Path> file = Optional.ofNullable(parsed.<Path>matchedOptionValue(CONFIG, null));
    Optional<Path> named =
        file.or(() -> Optional.ofNullable(System.getenv("APPLIANCE_CONFIG")).map(Path::of));
    return new ConfigReader(System.getenv(), LocalMachine::detect).read(flags, named);
  }

  private void tell(String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }

  private void complain(String problem) {
    spec.commandLine().getErr().println("appliance: " + problem);
  }

  @Override
  public int getExitCode() {
    return exitCode.number();
  }
}
