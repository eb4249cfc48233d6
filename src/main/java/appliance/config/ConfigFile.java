package appliance.config;

import appliance.runtime.FileTrouble;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A YAML file of {@code key: value} lines, one for each {@link Setting}; lists where a list is meant. Only
 * {@code sites} and {@code default-site} have more inside.
 */
final class ConfigFile {

  static final String SITES = "sites";
  static final String DEFAULT_SITE = "default-site";

  private static final long FILE_BYTES_MAX = 256 * 1024;

  private final Path file;
  private final List<Problem> problems;
  private Optional<FileValue> sites = Optional.empty();
  private Optional<FileValue> defaultSite = Optional.empty();

  ConfigFile(Path file, List<Problem> problems) {
    this.file = file;
    this.problems = problems;
  }

  /**
   * What the file sets; what is wrong with it goes to the problems.
   *
   * @throws BadConfig if it cannot be read: what else is wrong, or missing, is not known then
   */
  Map<Setting, Given> read() throws BadConfig {
    Map<Setting, Given> given = new EnumMap<>(Setting.class);
    if (parse() instanceof Map<?, ?> entries) {
      entries.forEach((key, value) -> take(FileValue.shown(key), value, given));
    }
    return given;
  }

  /** What stands at {@code sites}; to be asked after {@link #read}. */
  Optional<FileValue> sites() {
    return sites;
  }

  /** What stands at {@code default-site}; to be asked after {@link #read}. */
  Optional<FileValue> defaultSite() {
    return defaultSite;
  }

  private Object parse() throws BadConfig {
    try {
      if (Files.size(file) > FILE_BYTES_MAX) {
        throw refused("the file is larger than 256 KiB; give a file of key: value lines");
      }
      LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
      Object root = new Load(settings).loadFromString(Files.readString(file));
      if (root == null || root instanceof Map) {
        return Objects.requireNonNullElse(root, Map.of());
      }
      throw refused("is not made of key: value lines");
    } catch (MarkedYamlEngineException e) {
      String where =
          e.getProblemMark().map(m -> "line " + (m.getLine() + 1) + ": ").orElse("");
      throw refused("is not YAML: " + where + YamlFault.words(String.valueOf(e.getProblem())));
    } catch (YamlEngineException e) {
      throw refused("is not YAML: " + e.getMessage());
    } catch (StackOverflowError e) { // the parser has no limit of its own
      throw refused("is not YAML: it has more levels than can be read; write key: value lines");
    } catch (CharacterCodingException e) {
      throw refused("has characters that are not UTF-8; save it as UTF-8 text");
    } catch (IOException e) {
      throw refused("cannot be read (" + FileTrouble.of(e) + "); give a readable file");
    }
  }

  private BadConfig refused(String why) {
    return new BadConfig(List.of(new Problem("--config", file.toString(), why)));
  }

  private void take(String key, Object value, Map<Setting, Given> given) {
    if (key.equals(SITES)) {
      sites = inside(key, value);
      return;
    }
    if (key.equals(DEFAULT_SITE)) {
      defaultSite = inside(key, value);
      return;
    }
    String place = key + " in " + file;
    Setting.of(key)
        .ifPresentOrElse(
            setting -> takeKnown(setting, place, value, given),
            () -> problems.add(new Problem(place, "", UnknownKey.atTheTop(key, known()))));
  }

  private Optional<FileValue> inside(String key, @Nullable Object value) {
    return Optional.ofNullable(value)
        .map(found -> new FileValue(key, found, file.toString(), problems));
  }

  private void takeKnown(Setting setting, String place, Object value, Map<Setting, Given> given) {
    if (value == null) {
      return;
    }
    if (value instanceof Map || value instanceof Set) {
      boolean rule = SiteRules.DEFAULT_SITE_KEYS.contains(setting.key());
      String fix = "write one value here, not a map";
      problems.add(new Problem(place, "", rule ? fix + ": those belong below default-site" : fix));
    } else if (value instanceof List<?> list) {
      takeList(setting, place, list, given);
    } else {
      given.put(setting, new Given(place, value.toString()));
    }
  }

  private void takeList(Setting setting, String place, List<?> list, Map<Setting, Given> given) {
    if (list.stream().anyMatch(item -> item instanceof Map || item instanceof Collection)) {
      problems.add(new Problem(place, "", "write plain values here, no list or map among them"));
      return;
    }
    String joined = list.stream()
        .filter(Objects::nonNull)
        .map(String::valueOf)
        .collect(Collectors.joining(","));
    given.put(setting, new Given(place, joined));
  }

  private static List<String> known() {
    return Stream.concat(
            Stream.of(Setting.values()).map(Setting::key), Stream.of(DEFAULT_SITE, SITES))
        .toList();
  }
}
