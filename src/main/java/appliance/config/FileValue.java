package appliance.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A value of the configuration file that may have others inside, with its place in it: {@code
 * sites[1].hosts[0]}. What is wrong goes to the problems.
 *
 * @param path of keys
 * @param file as it is shown
 */
record FileValue(String path, Object value, String file, List<Problem> problems) {

  private static final int ITEMS_MAX = 1000;
  private static final int SHOWN_CHARS_MAX = 80;

  void refuse(String fix) {
    problems.add(new Problem(path + " in " + file, shown(value), fix));
  }

  /** The text of a plain value; empty for what has others inside, as aliases may make that very large. */
  static String text(Object value) {
    return value instanceof Map || value instanceof Collection ? "" : String.valueOf(value);
  }

  /** As much of a value, or of a key, as it takes to find it. */
  static String shown(Object value) {
    String text = text(value);
    return text.length() > SHOWN_CHARS_MAX ? text.substring(0, SHOWN_CHARS_MAX) + "..." : text;
  }

  /** What stands at a key, if anything does. */
  Optional<FileValue> at(String key) {
    return value instanceof Map<?, ?> map && map.get(key) != null
        ? Optional.of(inside("." + key, map.get(key)))
        : Optional.empty();
  }

  private FileValue inside(String step, Object inner) {
    return new FileValue(path + step, inner, file, problems);
  }

  /** Whether it is a map; refuses keys that are not {@code known}, and what is no map. */
  boolean isMapOf(List<String> known) {
    if (!(value instanceof Map<?, ?> map)) {
      refuse("write key: value lines here; known are " + String.join(", ", known));
      return false;
    }
    for (Object key : map.keySet()) {
      if (!(key instanceof String name && known.contains(name))) {
        String shown = shown(key);
        problems.add(
            new Problem(path + "." + shown + " in " + file, "", UnknownKey.inside(shown, known)));
      }
    }
    return true;
  }

  /** The items of a list; a single value counts as a list of one. */
  List<FileValue> items() {
    List<?> all = value instanceof List<?> list ? list : List.of(value);
    if (all.size() > ITEMS_MAX) {
      refuse("has more than " + ITEMS_MAX + " items; write fewer");
      return List.of();
    }
    List<FileValue> items = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      FileValue item =
          inside(value instanceof List ? "[" + i + "]" : "", all.get(i) == null ? "" : all.get(i));
      items.add(item);
    }
    return items;
  }

  /** The text of a plain value, or empty if it is refused or {@code parser} refuses it. */
  <T> Optional<T> parse(String fix, Function<String, @Nullable T> parser) {
    if (value instanceof Map || value instanceof List) {
      refuse("write one value here: " + fix);
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(parser.apply(value.toString().strip()));
    } catch (IllegalArgumentException e) {
      refuse(fix);
      return Optional.empty();
    }
  }

  /** As {@link #parse}, telling what {@code parser} says is wrong, too. */
  <T> Optional<T> parseTelling(String fix, Function<String, @Nullable T> parser) {
    return parse(fix, text -> {
      try {
        return parser.apply(text);
      } catch (IllegalArgumentException e) {
        refuse(e.getMessage() + "; " + fix);
        return null;
      }
    });
  }

  /** What stands at each key of a map. */
  Map<String, FileValue> entries() {
    Map<String, FileValue> entries = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, inner) ->
          entries.put(shown(key), inside("." + shown(key), inner == null ? "" : inner)));
    }
    return entries;
  }

  /** The values of the items at {@code key} that {@code parser} takes. */
  <T> List<T> list(String key, String fix, Function<String, @Nullable T> parser) {
    return at(key).map(FileValue::items).orElse(List.of()).stream()
        .flatMap(item -> item.parse(fix, parser).stream())
        .collect(Collectors.toList());
  }
}
