package appliance.cli;

import appliance.config.Setting;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A start's flags as nearly everyone writes them: {@code --flag value} or {@code --flag=value}, each
 * once, but for the repeatable. Read without picocli, which would take a seventh of a start; whatever is
 * not as plain as that is left to it, and so are all complaints.
 *
 * @param values the settings' texts, unchecked
 * @param config the file of {@code --config}
 */
record PlainFlags(Map<Setting, String> values, Optional<Path> config) {

  /** Empty if there is anything but such flags. */
  static Optional<PlainFlags> of(String[] arguments) {
    Map<String, Setting> known = Stream.of(Setting.values())
        .filter(setting -> !setting.isSecret())
        .collect(Collectors.toMap(Setting::flag, Function.identity()));
    Map<Setting, String> values = new EnumMap<>(Setting.class);
    Optional<Path> config = Optional.empty();
    for (int i = 0; i < arguments.length; i++) {
      int equals = arguments[i].indexOf('=');
      String flag = equals < 0 ? arguments[i] : arguments[i].substring(0, equals);
      if (equals < 0 && ++i == arguments.length) {
        return Optional.empty();
      }
      String value = equals < 0 ? arguments[i] : arguments[i].substring(equals + 1);
      Setting setting = known.get(flag);
      boolean plain = !value.isEmpty() && "-@\"'".indexOf(value.charAt(0)) < 0;
      if (plain && flag.equals(StartCommand.CONFIG) && config.isEmpty()) {
        config = Optional.of(Path.of(value));
      } else if (!plain || setting == null || taken(values, setting)) {
        return Optional.empty();
      } else {
        values.merge(setting, value, (before, next) -> before + "," + next);
      }
    }
    return Optional.of(new PlainFlags(values, config));
  }

  private static boolean taken(Map<Setting, String> values, Setting setting) {
    return values.containsKey(setting) && !setting.isRepeatable();
  }
}
