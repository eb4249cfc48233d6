package appliance.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One satisfiable range of a representation (RFC 9110, 14.1.2).
 *
 * @param first offset of its first byte
 * @param length bytes in it, at least one
 */
record ByteRange(long first, long length) {

  private static final String UNIT = "bytes=";

  long last() {
    return first + length - 1;
  }

  /** The value for Content-Range of a representation of {@code total} bytes. */
  String contentRange(long total) {
    return "bytes " + first + "-" + last() + "/" + total;
  }

  /**
   * The ranges that a Range field asks for, in its order. Absent if the field is to be ignored: another
   * unit, malformed, more than {@code rangesMax}, or together longer than the whole (overlaps, RFC 9110,
   * 14.2). Empty if none can be satisfied.
   */
  static Optional<List<ByteRange>> parse(String field, long total, int rangesMax) {
    if (total == 0 || !field.toLowerCase(Locale.ROOT).startsWith(UNIT)) {
      return Optional.empty();
    }
    List<ByteRange> ranges = new ArrayList<>();
    int specs = 0;
    long bytes = 0;
    for (String element : field.substring(UNIT.length()).split(",", rangesMax * 4)) {
      String spec = strip(element);
      if (spec.isEmpty()) {
        continue;
      }
      long[] bounds = bounds(spec);
      if (bounds.length == 0 || ++specs > rangesMax) {
        return Optional.empty();
      }
      Optional<ByteRange> range = satisfy(bounds[0], bounds[1], total);
      range.ifPresent(ranges::add);
      bytes += range.map(ByteRange::length).orElse(0L);
      if (bytes > total) {
        return Optional.empty();
      }
    }
    return specs == 0 ? Optional.empty() : Optional.of(ranges);
  }

  private static Optional<ByteRange> satisfy(long first, long last, long total) {
    if (first < 0) {
      long length = Math.min(last, total);
      return length == 0 ? Optional.empty() : Optional.of(new ByteRange(total - length, length));
    }
    return first >= total
        ? Optional.empty()
        : Optional.of(new ByteRange(first, Math.min(last, total - 1) - first + 1));
  }

  /** First and last, -1 and length for a suffix, or nothing for what is malformed. */
  private static long[] bounds(String spec) {
    int dash = spec.indexOf('-');
    if (dash < 0) {
      return new long[0];
    }
    String from = spec.substring(0, dash);
    String to = spec.substring(dash + 1);
    if (!isDigits(from) || !isDigits(to) || (from.isEmpty() && to.isEmpty())) {
      return new long[0];
    }
    long first = from.isEmpty() ? -1 : number(from);
    long last = to.isEmpty() ? Long.MAX_VALUE : number(to);
    return last < first ? new long[0] : new long[] {first, last};
  }

  private static boolean isDigits(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Past 18 digits it is beyond the end of any file. */
  private static long number(String digits) {
    String significant = digits.replaceFirst("^0+", "");
    if (significant.isEmpty()) {
      return 0;
    }
    return significant.length() > 18 ? Long.MAX_VALUE : Long.parseLong(significant);
  }

  /** Optional white space is space and tab only. */
  private static String strip(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && (text.charAt(from) == ' ' || text.charAt(from) == '\t')) {
      from++;
    }
    while (to > from && (text.charAt(to - 1) == ' ' || text.charAt(to - 1) == '\t')) {
      to--;
    }
    return text.substring(from, to);
  }
}
