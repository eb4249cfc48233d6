package appliance.files;

import java.util.function.Predicate;

/**
 * The Cache-Control of the files whose URL path matches; the first rule that matches wins.
 *
 * @param path told the whole path, which begins with a slash
 * @param value the field's value: {@code public, max-age=31536000, immutable}
 */
public record CacheRule(Predicate<String> path, String value) {

  public CacheRule {
    if (value.isBlank() || value.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new IllegalArgumentException("not a value for Cache-Control: " + value);
    }
  }
}
