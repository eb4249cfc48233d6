package appliance;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
        .filter(n -> !tests.getOrDefault(n.group(1), "").contains("void " + n.group(2) + "("))
        .map(n -> n.group())
        .toList();
    assertEquals(List.of(), missing);
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
