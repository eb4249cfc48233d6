package appliance.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configuration files that no person would write, and those that one writes by mistake. */
final class HostileFileTest {

  private static final int DEEP = 60_000;

  @TempDir
  private Path folder = Path.of("");

  private Config read(String text) throws IOException, BadConfig {
    Path file = Files.writeString(folder.resolve("appliance.yaml"), text);
    return new ConfigReader(Map.of(), () -> new LocalMachine("web1", "127.0.0.1"))
        .read(Map.of(), Optional.of(file));
  }

  private List<String> problems(String text) {
    BadConfig bad = assertThrows(BadConfig.class, () -> read(text));
    return bad.problems().stream().map(Problem::toString).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{a: ", "- "})
  void one_that_is_nested_very_deeply_is_refused(String opens) {
    List<String> told = problems("join: c\npeers:\n  " + opens.repeat(DEEP));
    assertTrue(told.get(0).contains("is not YAML"), told.get(0));
  }

  @Test
  void one_whose_lists_contain_themselves_is_refused() {
    List<String> told = problems("join: c\npeers: &a [[*a]]\nsites: &b [*b]\n");
    assertTrue(told.get(0).contains("write plain values here"), told.get(0));
  }

  @Test
  void lists_that_multiply_by_aliases_are_not_written_out() {
    String text = IntStream.rangeClosed(1, 12)
        .mapToObj(i -> "  - &a" + i + " [" + ("*a" + (i - 1) + ", ").repeat(4) + "x]\n")
        .collect(Collectors.joining("", "join: c\npeers:\n  - &a0 [x]\n", ""));
    List<String> told = problems(text);
    assertTrue(told.get(0).contains("write plain values here"), told.get(0));
  }

  @Test
  void a_very_long_key_is_cut_where_it_is_told() {
    List<String> told = problems("join: c\n? " + "k".repeat(100_000) + "\n: 1\n");
    assertTrue(told.get(0).length() < 2000, "told in " + told.get(0).length() + " characters");
  }

  @Test
  void an_item_that_is_left_empty_is_none() throws Exception {
    assertEquals(
        1, read("join: c\npeers:\n  - 10.0.0.1\n  -\n").cluster().peers().size());
  }

  @ParameterizedTest
  @CsvSource({
    "mysql:/me:hunter2@db/wp",
    "me:hunter2@db/wp",
    "mysql//me:hunter2@db/wp",
    "mysql://me:hunter2@/wp",
    "mysql://me:hun@ter2@db",
  })
  void a_database_that_is_written_wrong_shows_no_password(String url) {
    String told = String.join("\n", problems("join: c\ndatabase: " + url + "\n"));
    assertTrue(told.contains("write mysql://user:password@host:port/schema"), told);
    assertFalse(told.contains("hun") || told.contains("ter2"), told);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'sites: [{name: a, hosts: [a], site: /srv}]' | a site's is called root",
        "'default-site: {root: /srv}' | it is called site, at the top of the file",
        "'default-site: {name: shop}' | no such key; known are",
        "'sites: [{name: a, hosts: [a], sticky: on}]' | it is set at the top of the file",
      })
  void a_key_in_the_wrong_place_is_led_to_the_right_one(String text, String told) {
    String all = String.join("\n", problems("join: c\n" + text + "\n"));
    assertTrue(all.contains(told), all);
  }
}
