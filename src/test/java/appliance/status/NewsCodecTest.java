package appliance.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Seed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NewsCodecTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}x",
        "{\"edge\":1}",
        "{\"edge\":{\"a\":null}}",
        "{\"edge\":{\"a\":[1]}}",
        "{\"edge\":{\"a\":{\"b\":1}}}",
        "{\"edge\":{\"a\":1,\"a\":2}}",
        "{\"edge\":{},\"edge\":{}}",
        "{\"__proto__\":{}}",
        "{\"edge\":{\"a b\":1}}",
        "{\"edge\":{\"a\":1e999}}",
        "{\"edge\":{\"a\":NaN}}",
        "{\"edge\":{\"a\":1}",
        "{'edge':{}}",
        "{\"edge\":{\"a\":99999999999999999999999999999999999999999}}",
      })
  void what_is_no_message_is_refused(String text) {
    assertThrows(IOException.class, () -> NewsCodec.read(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void too_much_of_anything_is_refused() {
    assertThrows(
        IOException.class, () -> NewsCodec.read(new byte[NewsCodec.MESSAGE_BYTES_MAX + 1]));
    String text = "x".repeat(NewsCodec.TEXT_CHARS_MAX + 1);
    assertThrows(IOException.class, () -> NewsCodec.read(utf8("{\"a\":{\"b\":\"" + text + "\"}}")));
    assertThrows(
        IOException.class, () -> NewsCodec.read(utf8(many(NewsCodec.SECTIONS_MAX + 1, "{}"))));
    assertThrows(
        IOException.class,
        () -> NewsCodec.read(utf8("{\"a\":" + many(NewsCodec.FIELDS_MAX + 1, "1") + "}")));
    assertThrows(IOException.class, () -> NewsCodec.read(utf8("{\"a\":".repeat(10_000))));
  }

  @Test
  void sections_that_do_not_fit_are_left_out_and_the_rest_is_sent() throws IOException {
    Map<String, Section> sections = new LinkedHashMap<>();
    sections.put("edge", Section.builder().counter("requests", 1).build());
    for (int i = 0; i < 30; i++) {
      Section.Builder section = Section.builder();
      for (int j = 0; j < 10; j++) {
        section.text("text" + j, "ü".repeat(2000));
      }
      sections.put("large" + i, section.build());
    }
    byte[] message = NewsCodec.write(sections);
    assertTrue(message.length <= NewsCodec.MESSAGE_BYTES_MAX);
    assertEquals(Map.of("requests", 1L), NewsCodec.read(message).get("edge"));
  }

  @Test
  void no_damage_to_a_message_does_more_than_get_it_refused() throws IOException {
    long seed = Seed.next();
    Random random = new Random(seed);
    byte[] whole = utf8("{\"edge\":{\"requests\":12,\"http\":\"a:80\"},\"media\":{\"on\":true}}");
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = whole.clone();
      for (int j = random.nextInt(4); j >= 0; j--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        assertTrue(NewsCodec.read(damaged).size() <= NewsCodec.SECTIONS_MAX);
      } catch (IOException refused) {
        assertTrue(refused.getMessage() != null, "seed " + seed);
      }
    }
  }

  private static String many(int n, String value) {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < n; i++) {
      json.append(i > 0 ? "," : "").append("\"n").append(i).append("\":").append(value);
    }
    return json.append('}').toString();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
