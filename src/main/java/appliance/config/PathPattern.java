package appliance.config;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Optional;

/**
 * Which paths a rule is for. {@code /a/b} is that path alone; a star stands for any characters, slashes
 * included: {@code /a/*}, {@code *.css}; what begins with {@code ~} is a regular expression by the syntax
 * of RE2, found anywhere in the path unless it says otherwise: {@code ~^/([0-9]+)$}.
 *
 * <p>Matching takes time linear in the path, whatever the pattern: RE2 does not go back.
 *
 * @param text as it was written
 */
public record PathPattern(String text, Pattern compiled) {

  private static final int CHARS_MAX = 300;
  private static final int GROUPS_MAX = 9;

  /** Nested repeats, {@code ((a{99}){99}){99}}, would make a program of any size. */
  private static final int REPEATS_MAX = 1000;

  private static final java.util.regex.Pattern REPEAT =
      java.util.regex.Pattern.compile("\\{(\\d{1,9})(,(\\d{0,9}))?}");

  /**
   * @throws IllegalArgumentException with what is wrong
   */
  public static PathPattern parse(String text) {
    if (text.length() > CHARS_MAX) {
      throw new IllegalArgumentException("longer than " + CHARS_MAX + " characters");
    }
    if (text.startsWith("~")) {
      return new PathPattern(text, regex(text.substring(1).strip()));
    }
    if (!text.startsWith("/") && !text.startsWith("*")) {
      throw new IllegalArgumentException("begins with neither /, * nor ~");
    }
    StringBuilder regex = new StringBuilder("^");
    int from = 0;
    for (int star = text.indexOf('*'); star >= 0; star = text.indexOf('*', from)) {
      regex.append(Pattern.quote(text.substring(from, star))).append("(.*)");
      from = star + 1;
    }
    return new PathPattern(
        text,
        regex(regex.append(Pattern.quote(text.substring(from))).append('$').toString()));
  }

  private static Pattern regex(String text) {
    java.util.regex.Matcher repeats = REPEAT.matcher(text);
    long product = 1;
    while (repeats.find()) {
      long least = Long.parseLong(repeats.group(1));
      long most = repeats.group(3) == null || repeats.group(3).isEmpty()
          ? least
          : Long.parseLong(repeats.group(3));
      product = Math.min(REPEATS_MAX + 1L, product * Math.max(1, Math.max(least, most)));
    }
    if (product > REPEATS_MAX) {
      throw new IllegalArgumentException("repeats more than " + REPEATS_MAX + " times");
    }
    try {
      Pattern compiled = Pattern.compile(text, Pattern.DOTALL);
      if (text.isEmpty() || compiled.groupCount() > GROUPS_MAX) {
        throw new IllegalArgumentException("is empty, or has more than 9 groups or stars");
      }
      return compiled;
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "is no regular expression (" + e.getDescription() + ")", e);
    }
  }

  /** How many parts of a path it takes out, for {@code $1} and so on. */
  int groups() {
    return compiled.groupCount();
  }

  public boolean matches(String path) {
    return compiled.matcher(path).find();
  }

  /** The parts of a path that it takes out, from {@code $1} on; empty if it is not for that path. */
  public Optional<String[]> parts(String path) {
    Matcher matcher = compiled.matcher(path);
    if (!matcher.find()) {
      return Optional.empty();
    }
    String[] parts = new String[groups()];
    for (int i = 0; i < parts.length; i++) {
      String part = matcher.group(i + 1);
      parts[i] = part == null ? "" : part;
    }
    return Optional.of(parts);
  }

  @Override
  public String toString() {
    return text;
  }
}
