package appliance.status;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a member told of itself at one moment: its sections as JSON shows them.
 *
 * @param sections by name; values are texts, numbers and booleans
 * @param nanos when it came, on this node's monotonic clock
 */
record News(Map<String, Map<String, Object>> sections, long nanos) {

  static News own(Map<String, Section> sections, long nanos) {
    Map<String, Map<String, Object>> json = new LinkedHashMap<>();
    sections.forEach((name, section) -> {
      Map<String, Object> fields = section.json();
      fields.replaceAll((field, value) -> finite(value));
      json.put(name, fields);
    });
    return new News(json, nanos);
  }

  /** JSON has no word for infinity, nor for what is not a number. */
  static Object finite(Object value) {
    return value instanceof Number number && !Double.isFinite(number.doubleValue()) ? 0L : value;
  }

  long ageMillis(long now) {
    return Math.max(0, (now - nanos) / 1_000_000);
  }
}
