package appliance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every promise of docs/GUARANTEES.md and docs/EDGE-PROOF.md names a test that is there. */
final class GuaranteesTest {

  private static final Path ROOT = Path.of(System.getProperty("project.directory", "."));
  private static final Pattern NAMED = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

  @Test
  void each_named_test_is_there() throws IOException {
    Map<String, String> tests = new HashMap<>();
    try (Stream<Path> files = Files.walk(ROOT.resolve("src/test/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
        tests.put(String.valueOf(file.getFileName()).replace(".java", ""), Files.readString(file));
      }
    }
    String proof = Files.readString(ROOT.resolve("docs/EDGE-PROOF.md"));
    List<String> missing = NAMED
        .matcher(guarantees() + proof)
        .results()
        .filter(n -> !isTest(tests.getOrDefault(n.group(1), ""), n.group(2)))
        .map(n -> n.group())
        .toList();
    assertEquals(List.of(), missing);
  }

  /** A method that JUnit runs: its annotation stands above it, with no empty line between. */
  private static boolean isTest(String source, String name) {
    int method = source.indexOf("void " + name + "(");
    if (method < 0) {
      return false;
    }
    String above = source.substring(Math.max(0, source.lastIndexOf("\n\n", method)), method);
    return Pattern.compile("@(Test|ParameterizedTest|RepeatedTest)\\b")
        .matcher(above)
        .find();
  }

  @Test
  void a_method_that_junit_does_not_run_is_no_test() {
    String source =
        "  @Test\n  void a() {}\n\n  void b() {}\n\n  @RepeatedTest(3)\n  void c() {}\n";
    assertTrue(isTest(source, "a") && isTest(source, "c"));
    assertFalse(isTest(source, "b") || isTest(source, "d"));
  }

  @Test
  void each_promise_names_a_test() throws IOException {
    String promises = guarantees().split("## Not yet", 2)[0];
    for (String promise : promises.split("(?m)^- ", -1)) {
      assertTrue(
          promise.startsWith("#") || NAMED.matcher(promise).find(),
          promise.lines().collect(Collectors.joining(" ")));
    }
  }

  private static String guarantees() throws IOException {
    return Files.readString(ROOT.resolve("docs/GUARANTEES.md"));
  }
}
