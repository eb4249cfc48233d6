package appliance.files;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A response as it came over the wire. */
@SuppressWarnings("ArrayRecordComponent") // compared by its parts only
record RawResponse(int status, Map<String, List<String>> fields, byte[] content) {

  static RawResponse parse(byte[] all) {
    String text = new String(all, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new IllegalStateException("no end of the head: " + text);
    }
    String[] lines = text.substring(0, end).split("\r\n", -1);
    Map<String, List<String>> fields = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      fields
          .computeIfAbsent(
              lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
              k -> new java.util.ArrayList<>())
          .add(lines[i].substring(colon + 1).strip());
    }
    return new RawResponse(
        Integer.parseInt(lines[0].split(" ", -1)[1]),
        fields,
        Arrays.copyOfRange(all, end + 4, all.length));
  }

  /** The field's only line, or an empty text. */
  String field(String name) {
    List<String> lines = fields.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    if (lines.size() > 1) {
      throw new AssertionError(name + " came " + lines.size() + " times: " + lines);
    }
    return lines.isEmpty() ? "" : lines.get(0);
  }

  boolean has(String name) {
    return fields.containsKey(name.toLowerCase(Locale.ROOT));
  }

  String text() {
    return new String(content, StandardCharsets.UTF_8);
  }
}
