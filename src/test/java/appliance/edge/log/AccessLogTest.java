package appliance.edge.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.AccessLogConfig;
import appliance.testing.Seed;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AccessLogTest {

  /** As tools read it that know nothing of what we put behind. */
  private static final Pattern COMBINED = Pattern.compile(
      "(\\S+) - - \\[([^\\]]+)\\] "
          + "\"(\\S+) (\\S+) (\\S+)\" (\\d{3}) (\\d+) \"((?:[^\"\\\\]|\\\\.)*)\" \"((?:[^\"\\\\]|\\\\.)*)\" .*");

  @TempDir
  private Path folder = Path.of("");

  private Path file() {
    return folder.resolve("logs/access.log");
  }

  private AccessLog log(AccessLogConfig.Format format, int megabytes) {
    return new AccessLog(
        new AccessLogConfig(Optional.of(file()), format, megabytes), ZoneOffset.UTC);
  }

  private static AccessEntry entry(String path, String agent) {
    return entry(path, agent, "");
  }

  private static AccessEntry entry(String path, String agent, String application) {
    return new AccessEntry(
        new AccessEntry.Asked("192.0.2.1", "GET", path, "a=b", "HTTP/1.1"),
        new AccessEntry.Header("shop.example", "", agent),
        new AccessEntry.Answer(200, 1234, "shop", "web2", application, ""),
        new AccessEntry.Timing(1_767_225_600_005L, 12_345_678, 1_000_000, 11_000_000),
        "f00-1",
        "TLSv1.3");
  }

  @Test
  void a_line_is_combined_with_what_the_edge_knows_behind_it() throws Exception {
    try (AccessLog log = log(AccessLogConfig.Format.COMBINED, 10)) {
      log.add(entry("/x", "curl/8"));
    }
    assertEquals(
        List.of("192.0.2.1 - - [01/Jan/2026:00:00:00 +0000] \"GET /x?a=b HTTP/1.1\" 200 1234"
            + " \"-\" \"curl/8\" host=\"shop.example\" site=\"shop\" upstream=\"web2\""
            + " time=0.012 connect=0.001 first=0.011 cache=- id=f00-1 tls=TLSv1.3"),
        Files.readAllLines(file()));
  }

  @Test
  void json_has_the_same_and_leaves_out_what_there_is_not() throws Exception {
    try (AccessLog log = log(AccessLogConfig.Format.JSON, 10)) {
      log.add(entry("/x", "a\"b\\c\n\u00e9"));
    }
    JsonObject line = JsonParser.parseString(Files.readString(file())).getAsJsonObject();
    assertEquals("2026-01-01T00:00:00.005Z", line.get("time").getAsString());
    assertEquals("a\"b\\c\n\u00e9", line.get("agent").getAsString());
    assertEquals(0.012, line.get("seconds").getAsDouble());
    assertEquals("web2", line.get("upstream").getAsString());
    assertFalse(line.has("referer"));
    assertFalse(line.has("application"));
  }

  @Test
  void of_several_applications_of_a_member_the_one_that_answered_is_named() throws Exception {
    AccessEntry entry = entry("/x", "curl/8", "http://127.0.0.1:3001");
    try (AccessLog combined = log(AccessLogConfig.Format.COMBINED, 10)) {
      combined.add(entry);
    }
    try (AccessLog json = log(AccessLogConfig.Format.JSON, 10)) {
      json.add(entry);
    }
    List<String> lines = Files.readAllLines(file());
    assertTrue(
        lines.get(0).endsWith(" tls=TLSv1.3 application=\"http://127.0.0.1:3001\""), lines.get(0));
    JsonObject line = JsonParser.parseString(lines.get(1)).getAsJsonObject();
    assertEquals("web2", line.get("upstream").getAsString());
    assertEquals("http://127.0.0.1:3001", line.get("application").getAsString());
  }

  @Test
  void who_broke_off_an_answer_is_named_behind_all_else() throws Exception {
    AccessEntry whole = entry("/x", "curl/8");
    AccessEntry entry = new AccessEntry(
        whole.asked(),
        whole.header(),
        new AccessEntry.Answer(200, 4, "shop", "web2", "", "", "client"),
        whole.timing(),
        whole.id(),
        whole.tls());
    try (AccessLog combined = log(AccessLogConfig.Format.COMBINED, 10)) {
      combined.add(entry);
    }
    try (AccessLog json = log(AccessLogConfig.Format.JSON, 10)) {
      json.add(entry);
      json.add(whole);
    }
    List<String> lines = Files.readAllLines(file());
    assertTrue(lines.get(0).endsWith(" tls=TLSv1.3 broken=client"), lines.get(0));
    JsonObject line = JsonParser.parseString(lines.get(1)).getAsJsonObject();
    assertEquals("client", line.get("broken").getAsString());
    assertFalse(lines.get(2).contains("broken"), lines.get(2));
  }

  @Test
  void nothing_that_a_client_sends_makes_a_second_line_or_field() throws Exception {
    long seed = Seed.next();
    Random random = new Random(seed);
    for (AccessLogConfig.Format format : AccessLogConfig.Format.values()) {
      Files.deleteIfExists(file());
      try (AccessLog log = log(format, 10)) {
        for (int i = 0; i < 2000; i++) {
          log.add(entry("/" + hostile(random).replace(' ', '+'), hostile(random)));
        }
      }
      List<String> lines = Files.readAllLines(file());
      assertEquals(2000, lines.size(), "seed " + seed);
      for (String line : lines) {
        assertTrue(line.chars().allMatch(c -> c >= ' ' && c < 127), line);
        boolean whole = format == AccessLogConfig.Format.JSON
            ? JsonParser.parseString(line).getAsJsonObject().get("status").getAsInt() == 200
            : COMBINED.matcher(line).matches();
        assertTrue(whole, line + ", seed " + seed);
      }
    }
  }

  private static String hostile(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(40); i > 0; i--) {
      text.append(
          random.nextBoolean()
              ? "\"\\\r\n\t\0 ]'x".charAt(random.nextInt(10))
              : (char) random.nextInt(256));
    }
    return text.toString();
  }

  @Test
  void a_long_text_is_cut() throws Exception {
    try (AccessLog log = log(AccessLogConfig.Format.COMBINED, 10)) {
      log.add(entry("/" + "x".repeat(30_000), "y".repeat(30_000)));
    }
    assertTrue(Files.size(file()) < 3 * Line.TEXT_CHARS_MAX);
  }

  @Test
  void old_files_are_kept_up_to_the_limit_and_no_line_is_lost_between_them() throws Exception {
    try (AccessLog log = log(AccessLogConfig.Format.COMBINED, 10)) {
      log.start();
      for (int i = 0; i < 4000; i++) {
        while (log.written() < i - 100) {
          Thread.onSpinWait();
        }
        log.add(entry("/" + i, "z".repeat(4000)));
      }
    }
    long bytes = 0;
    try (Stream<Path> files = Files.list(file().getParent())) {
      List<Path> all = files.toList();
      assertEquals(10, all.size());
      for (Path each : all) {
        bytes += Files.size(each);
      }
    }
    assertTrue(bytes < 12 * 1024 * 1024, bytes + " bytes");
    // The current one is empty if the last line has filled the one before.
    String last = Files.readString(file().resolveSibling("access.log.1"));
    String before = Files.readString(file().resolveSibling("access.log.2"));
    int first = number(last.lines().findFirst().orElseThrow());
    assertEquals(first - 1, number(before.lines().reduce((a, b) -> b).orElseThrow()));
  }

  private static int number(String line) {
    return Integer.parseInt(line.replaceFirst(".*\"GET /(\\d+).*", "$1"));
  }

  @Test
  void a_file_that_was_moved_away_is_opened_anew() throws Exception {
    LogFile file = new LogFile(file(), 1_000_000, 3);
    file.append(bytes("one\n"));
    Files.move(file(), folder.resolve("rotated"));
    file.checkName();
    file.append(bytes("two\n"));
    file.close();
    assertEquals("one\n", Files.readString(folder.resolve("rotated")));
    assertEquals("two\n", Files.readString(file()));
  }

  private static java.nio.ByteBuffer bytes(String text) {
    return java.nio.ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  @Test
  void what_is_too_much_or_cannot_be_written_is_counted_and_the_rest_goes_on() throws Exception {
    AccessLog full = log(AccessLogConfig.Format.COMBINED, 10);
    for (int i = 0; i < 70_000; i++) {
      full.add(entry("/", ""));
    }
    assertEquals(70_000 - 65_536, full.dropped());
    full.close();
    assertEquals(65_536, full.written());
    blocked();
  }

  private void blocked() throws IOException {
    Files.writeString(folder.resolve("in-the-way"), "");
    Path impossible = folder.resolve("in-the-way/access.log");
    AccessLog blocked = new AccessLog(
        new AccessLogConfig(Optional.of(impossible), AccessLogConfig.Format.JSON, 10),
        ZoneOffset.UTC);
    blocked.add(entry("/", ""));
    blocked.close();
    assertEquals(1, blocked.dropped());
    assertTrue(blocked.failure().startsWith("it cannot be written"), blocked.failure());
  }
}
