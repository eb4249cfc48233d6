package appliance.config;

import appliance.model.HostPort;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns what was given into values of the right kind, and collects a problem for each that is not. */
final class Values {

  static final String ON_FIX = "write on or off";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  private final Map<Setting, Given> given;
  private final List<Problem> problems;

  Values(Map<Setting, Given> given, List<Problem> problems) {
    this.given = given;
    this.problems = problems;
  }

  boolean has(Setting setting) {
    return !text(setting).isEmpty();
  }

  /** Whether somebody has said something about it. */
  boolean given(Setting setting) {
    return given.containsKey(setting);
  }

  String text(Setting setting) {
    Given value = given.get(setting);
    return value == null ? setting.fallback() : value.text().strip();
  }

  /** Where to look for the value: the place it came from, or the flag that would set it. */
  String place(Setting setting) {
    Given value = given.get(setting);
    return value == null ? setting.flag() : value.place();
  }

  void refuse(Setting setting, String fix) {
    refuse(setting, setting.isSecret() ? "" : text(setting), fix);
  }

  void refuse(Setting setting, String shown, String fix) {
    problems.add(new Problem(place(setting), shown, fix));
  }

  String name(Setting setting, String fallback) {
    String name = has(setting) ? text(setting) : fallback;
    if (!NAME.matcher(name).matches()) {
      refuse(setting, name, "write 1 to 63 letters, digits, '.', '_' or '-'");
    }
    return name;
  }

  int port(Setting setting, int max) {
    return parse(setting, "write a port from 1 to " + max, text -> checkedPort(text, max))
        .orElse(1);
  }

  boolean yes(Setting setting) {
    return parse(setting, "write yes or no", text -> switch (text) {
          case "yes", "true" -> true;
          case "no", "false" -> false;
          default -> throw new IllegalArgumentException();
        })
        .orElse(false);
  }

  private static int checkedPort(String text, int max) {
    int port = Integer.parseInt(text);
    if (port < 1 || port > max) {
      throw new IllegalArgumentException();
    }
    return port;
  }

  /** A whole number; {@code min} if it is wrong. */
  int number(Setting setting, int min, int max) {
    return parse(setting, "write a number from " + min + " to " + max, text -> {
          int number = Integer.parseInt(text);
          if (number < min || number > max) {
            throw new IllegalArgumentException();
          }
          return number;
        })
        .orElse(min);
  }

  /** A time such as {@code 500ms}, {@code 10s} or {@code 5m}; {@code min} if it is wrong. */
  Duration duration(Setting setting, Duration min, Duration max) {
    String most = max.toHours() > 1 ? max.toHours() + "h" : max.toMinutes() + "m";
    String fix = "write a time such as 500ms, 10s or 5m, up to " + most
        + (min.isZero() ? "" : ", not below " + min.toMillis() + "ms");
    return parse(setting, fix, text -> {
          Duration time = time(text);
          if (time.compareTo(min) < 0 || time.compareTo(max) > 0) {
            throw new IllegalArgumentException();
          }
          return time;
        })
        .orElse(min);
  }

  static Duration time(String text, Duration max) {
    Duration time = time(text);
    if (time.compareTo(max) > 0) {
      throw new IllegalArgumentException();
    }
    return time;
  }

  private static Duration time(String text) {
    Matcher time = TIME.matcher(text);
    if (!time.matches()) {
      throw new IllegalArgumentException();
    }
    long count = Long.parseLong(time.group(1));
    return switch (time.group(2)) {
      case "ms" -> Duration.ofMillis(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofSeconds(count);
    };
  }

  HostPort address(Setting setting) {
    return parse(
            setting,
            "write ADDRESS:PORT, for example "
                + (setting.fallback().isEmpty() ? "0.0.0.0:443" : setting.fallback()),
            Values::listenAddress)
        .orElse(new HostPort("0.0.0.0", 0));
  }

  private static HostPort listenAddress(String text) {
    String full = text.startsWith(":") ? "0.0.0.0" + text : text;
    HostPort address = HostPort.parse(full, -1);
    if (address.port() == 0) {
      throw new IllegalArgumentException();
    }
    return address;
  }

  List<HostPort> addresses(Setting setting, int defaultPort) {
    return parse(
            setting,
            "write host[:port],host[:port],...",
            text -> items(text).stream()
                .map(item -> HostPort.parse(item, defaultPort))
                .toList())
        .orElse(List.of());
  }

  /** What {@code parser} makes of each item; each that it refuses is a problem of its own. */
  <T> List<T> each(Setting setting, String fix, Function<String, T> parser) {
    List<T> all = new ArrayList<>();
    if (has(setting) && list(setting).isEmpty()) {
      refuse(setting, fix);
    }
    for (String item : list(setting)) {
      try {
        all.add(parser.apply(item));
      } catch (IllegalArgumentException e) {
        refuse(setting, item, fix);
      }
    }
    return all;
  }

  List<String> list(Setting setting) {
    return items(text(setting));
  }

  static List<String> items(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(item -> !item.isEmpty())
        .toList();
  }

  Optional<Path> path(Setting setting) {
    return parse(setting, "write the path of a folder or file", Values::absolute);
  }

  List<Path> paths(Setting setting) {
    return parse(
            setting,
            "write the paths of folders or files, with commas between them",
            text -> items(text).stream().map(Values::absolute).toList())
        .orElse(List.of());
  }

  private static Path absolute(String text) {
    try {
      return Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Whether it is on; false if it is wrong. */
  boolean onOrOff(Setting setting) {
    return parse(setting, ON_FIX, Values::on).orElse(false);
  }

  static Boolean on(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "on", "true" -> true;
      case "off", "false" -> false;
      default -> throw new IllegalArgumentException("neither");
    };
  }

  /** The value, or empty if there is none or it is wrong; if wrong, the fix is told. */
  <T> Optional<T> parse(Setting setting, String fix, Function<String, @Nullable T> parser) {
    if (!has(setting)) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(parser.apply(text(setting)));
    } catch (IllegalArgumentException e) {
      refuse(setting, fix);
      return Optional.empty();
    }
  }
}
