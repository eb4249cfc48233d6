package appliance.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Whatever is given for whichever setting: the answer is for the one who has typed it. */
final class BadValuesTest {

  private static final LocalMachine MACHINE = new LocalMachine("web1", "127.0.0.9");

  private static final List<String> VALUES = List.of(
      "foo:bar",
      "99999999999999999999",
      "-1",
      "a\u0000b",
      "1x",
      "99999h",
      "http://",
      "http://[::1",
      "mysql://u@:x/y",
      "[::1",
      ":::",
      "host:99999",
      ",",
      "(",
      "%zz",
      "/no/such/file/or/folder");

  /** What the JDK says, to programmers. */
  private static final Pattern JDK = Pattern.compile(
      "Exception|java\\.|For input|null|out of range|Illegal|Expected|Malformed|near index|\n");

  /** Of these any text is a value. */
  private static final Set<Setting> ANY =
      EnumSet.of(Setting.DATABASE_PASSWORD, Setting.DATABASE_PASSWORD_FILE);

  @TempDir
  private Path folder;

  private static List<String> problems(Map<Setting, String> flags, Optional<Path> file) {
    Map<Setting, String> given = new EnumMap<>(Setting.class);
    given.put(Setting.JOIN, "shop");
    given.putAll(flags);
    try {
      new ConfigReader(Map.of(), () -> MACHINE).read(given, file);
      return List.of();
    } catch (BadConfig e) {
      return e.problems().stream().map(Problem::toString).toList();
    }
  }

  @ParameterizedTest
  @EnumSource(Setting.class)
  void a_bad_value_is_answered_with_its_place_the_value_and_what_to_write(Setting setting)
      throws Exception {
    List<String> all = new ArrayList<>();
    for (String value : VALUES) {
      List<String> flag = problems(Map.of(setting, value), Optional.empty());
      assertTold(flag, setting.flag(), value);
      all.addAll(flag);
      String quoted = value.replace("\u0000", "\\0");
      Path file =
          Files.writeString(folder.resolve("a.yaml"), setting.key() + ": \"" + quoted + "\"\n");
      if (setting != Setting.JOIN) {
        assertTold(problems(Map.of(), Optional.of(file)), setting.key() + " in " + file, value);
      }
    }
    assertEquals(ANY.contains(setting), all.isEmpty(), all.toString());
  }

  @ParameterizedTest
  @FieldSource("appliance.config.SiteRules#DEFAULT_SITE_KEYS")
  void a_bad_rule_of_the_default_site_is_told_with_its_place(String key) throws Exception {
    List<String> all = new ArrayList<>();
    for (String value : VALUES) {
      Path file = Files.writeString(
          folder.resolve("a.yaml"),
          "default-site:\n  " + key + ": \"" + value.replace("\u0000", "\\0") + "\"\n");
      List<String> told = problems(Map.of(), Optional.of(file));
      assertTold(told, "default-site." + key + " in " + file, value);
      all.addAll(told);
    }
    assertFalse(all.isEmpty());
  }

  private static void assertTold(List<String> problems, String place, String value) {
    for (String problem : problems) {
      assertFalse(JDK.matcher(problem).find(), problem);
    }
    assertTrue(
        problems.isEmpty() || problems.stream().anyMatch(p -> p.startsWith(place + " '" + value)),
        problems.toString());
  }

  @Test
  void a_file_that_cannot_be_read_is_told_with_the_cause() throws Exception {
    for (Path file : List.of(folder, folder.resolve("none"))) {
      String told = problems(Map.of(), Optional.of(file)).get(0);
      assertTrue(told.startsWith("--config '" + file + "': "), told);
      assertFalse(JDK.matcher(told).find(), told);
    }
  }
}
