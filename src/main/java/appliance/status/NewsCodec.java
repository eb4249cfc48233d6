package appliance.status;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Sections as members send them to each other: one JSON object of flat objects, {@code
 * {"edge":{"requests":12}}}. Reading accepts nothing else and nothing large.
 */
final class NewsCodec {

  static final int MESSAGE_BYTES_MAX = 64 * 1024;
  static final int SECTIONS_MAX = 32;
  static final int FIELDS_MAX = 64;
  static final int TEXT_CHARS_MAX = 1000;

  private static final Pattern NAME = Pattern.compile("[a-z][A-Za-z0-9]{0,39}");

  private NewsCodec() {}

  /** Leaves out the sections that no longer fit, the last ones first. */
  static byte[] write(Map<String, Section> sections) throws IOException {
    StringBuilder json = new StringBuilder("{");
    int bytes = 2;
    for (Map.Entry<String, Section> entry : sections.entrySet()) {
      String member = member(entry.getKey(), entry.getValue());
      int size = member.getBytes(StandardCharsets.UTF_8).length + 1;
      if (bytes + size > MESSAGE_BYTES_MAX) {
        break;
      }
      bytes += size;
      json.append(json.length() > 1 ? "," : "").append(member);
    }
    return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String member(String name, Section section) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginObject();
      for (Field field : section.fields()) {
        value(json.name(field.name()), News.finite(field.json()));
      }
      json.endObject();
    }
    return '"' + name + "\":" + text;
  }

  private static void value(JsonWriter json, Object value) throws IOException {
    if (value instanceof Boolean flag) {
      json.value(flag);
    } else if (value instanceof Number number) {
      json.value(number);
    } else {
      String text = String.valueOf(value);
      json.value(text.substring(0, Math.min(text.length(), TEXT_CHARS_MAX)));
    }
  }

  /**
   * @throws IOException if it is not such a message, or larger than one may be
   */
  static Map<String, Map<String, Object>> read(byte[] message) throws IOException {
    if (message.length > MESSAGE_BYTES_MAX) {
      throw new IOException(message.length + " bytes, more than " + MESSAGE_BYTES_MAX);
    }
    Reader text = new InputStreamReader(new ByteArrayInputStream(message), StandardCharsets.UTF_8);
    try (JsonReader json = new JsonReader(text)) {
      json.setStrictness(Strictness.STRICT);
      Map<String, Map<String, Object>> sections = new LinkedHashMap<>();
      json.beginObject();
      while (json.hasNext()) {
        sections.put(name(json, sections, SECTIONS_MAX), section(json));
      }
      json.endObject();
      if (json.peek() != JsonToken.END_DOCUMENT) {
        throw new IOException("text after the end");
      }
      return sections;
    } catch (IllegalStateException | NumberFormatException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static Map<String, Object> section(JsonReader json) throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    json.beginObject();
    while (json.hasNext()) {
      fields.put(name(json, fields, FIELDS_MAX), value(json));
    }
    json.endObject();
    return fields;
  }

  private static String name(JsonReader json, Map<String, ?> seen, int max) throws IOException {
    String name = json.nextName();
    if (seen.size() >= max || seen.containsKey(name) || !NAME.matcher(name).matches()) {
      throw new IOException("a wrong name, one twice, or more than " + max + " of them");
    }
    return name;
  }

  private static Object value(JsonReader json) throws IOException {
    return switch (json.peek()) {
      case STRING -> text(json.nextString());
      case BOOLEAN -> json.nextBoolean();
      case NUMBER -> number(json.nextString());
      default -> throw new IOException("a value that is no text, number or boolean");
    };
  }

  private static String text(String text) throws IOException {
    if (text.length() > TEXT_CHARS_MAX) {
      throw new IOException("a text longer than " + TEXT_CHARS_MAX);
    }
    return text;
  }

  private static Number number(String text) throws IOException {
    if (text.length() > 32) {
      throw new IOException("a number of " + text.length() + " digits");
    }
    if (text.matches("-?\\d{1,18}")) {
      return Long.valueOf(text);
    }
    double number = Double.parseDouble(text);
    if (!Double.isFinite(number)) {
      throw new IOException("a number out of range");
    }
    return number;
  }
}
