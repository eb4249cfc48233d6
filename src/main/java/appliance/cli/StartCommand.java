package appliance.cli;

import appliance.config.Setting;
import appliance.runtime.ExitCode;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The default command: runs a node until it is told to end. Its flags are the {@link Setting}s. */
final class StartCommand implements Runnable, CommandLine.IExitCodeGenerator {

  static final String CONFIG = "--config";

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
            "Each option is also a key of the file, and a variable: APPLIANCE_PORT.",
            "A LIST is written a,b,c, or as the option given again for each.",
            "Exit codes: 0 ended in order, 1 failure, 2 wrong option or setting,",
            "            3 port taken, 4 data folder unusable, 5 refused by the cluster,",
            "            6 no node answers, 7 deaf to the others (a service restarts it),",
            "            8 no cluster to join now, or a full disk (a service tries again).");
    spec.addOption(option(CONFIG, "FILE", "A YAML file of these settings.", Path.class));
    for (Setting setting : Setting.values()) {
      if (!setting.isSecret()) {
        spec.addOption(option(setting));
      }
    }
    spec.addOption(OptionSpec.builder(NEW_IDENTITY)
        .description("For a machine that is a clone, or was removed: start once as a new node.")
        .type(boolean.class)
        .build());
    spec.mixinStandardHelpOptions(true);
    spec.versionProvider(() -> new String[] {"appliance " + Version.read()});
  }

  private static OptionSpec option(Setting setting) {
    if (setting.isRepeatable()) {
      return OptionSpec.builder(setting.flag())
          .paramLabel(setting.label())
          .description(describe(setting))
          .type(List.class)
          .auxiliaryTypes(String.class)
          .build();
    }
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
    CommandLine line = spec.commandLine();
    exitCode = new NodeStart(line.getOut(), line.getErr())
        .run(flags(), line.getParseResult().hasMatchedOption(NEW_IDENTITY));
  }

  /** What picocli has read, in the shape in which a plain command line comes. */
  private PlainFlags flags() {
    CommandLine.ParseResult parsed = spec.commandLine().getParseResult();
    Map<Setting, String> values = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      if (parsed.hasMatchedOption(setting.flag())) {
        values.put(setting, text(setting, parsed));
      }
    }
    return new PlainFlags(
        values, Optional.ofNullable(parsed.<Path>matchedOptionValue(CONFIG, null)));
  }

  private static String text(Setting setting, CommandLine.ParseResult parsed) {
    return setting.isRepeatable()
        ? String.join(",", parsed.matchedOptionValue(setting.flag(), List.<String>of()))
        : parsed.matchedOptionValue(setting.flag(), "");
  }

  @Override
  public int getExitCode() {
    return exitCode.number();
  }
}
