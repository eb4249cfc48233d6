package appliance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Sizes and words: what keeps a file findable and the repository about the product. */
final class TidyTest {

  private static final int FILE_LINES_MAX = 400;
  private static final int MEDIAN_LINES_MAX = 100;
  private static final int METHOD_LINES_MAX = 60;

  /** Split, so that this file does not find itself. */
  private static final Pattern FORBIDDEN = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX"
      + "X)\\b|@Dis" + "abled\\b|System\\.(out|err)\\.print" + "|print" + "StackTrace\\(|\\.\\./sha"
      + "red|/wo" + "rk/|maven\\.apa" + "che\\.org/maven2");

  private static final Path ROOT = Path.of(System.getProperty("project.directory", "."));

  @Test
  void no_file_is_long() {
    List<String> long_ = sources().stream()
        .filter(file -> lines(file).size() > FILE_LINES_MAX)
        .map(file -> ROOT.relativize(file) + ": " + lines(file).size())
        .toList();
    assertEquals(List.of(), long_);
  }

  @Test
  void the_median_file_is_short() {
    List<Integer> sizes =
        sources().stream().map(file -> lines(file).size()).sorted().toList();
    assertTrue(
        sizes.get(sizes.size() / 2) <= MEDIAN_LINES_MAX, "median " + sizes.get(sizes.size() / 2));
  }

  @Test
  void no_method_is_long() {
    List<String> long_ = new ArrayList<>();
    sources().forEach(file -> addLongMethods(file, long_));
    assertEquals(List.of(), long_);
  }

  /** The formatter puts a member's braces at two columns, a nested class's at four. */
  private static void addLongMethods(Path file, List<String> found) {
    List<String> lines = lines(file);
    for (String indent : List.of("  ", "    ")) {
      int start = -1;
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        if (line.startsWith(indent) && !line.startsWith(indent + " ") && line.endsWith("{")) {
          start = line.matches(".*\\b(class|record|interface|enum)\\b.*") ? -1 : i;
        } else if (line.equals(indent + "}") && start >= 0) {
          if (i - start + 1 > METHOD_LINES_MAX) {
            found.add(ROOT.relativize(file) + ":" + (start + 1));
          }
          start = -1;
        }
      }
    }
  }

  @Test
  void no_word_is_out_of_place() {
    List<String> found = new ArrayList<>();
    for (Path file : texts()) {
      for (String line : lines(file)) {
        boolean command =
            file.toString().contains("/cli/") || file.toString().contains("/testing/");
        if (FORBIDDEN.matcher(line).find() && !(command && line.contains("System."))) {
          found.add(ROOT.relativize(file) + ": " + line.strip());
        }
      }
    }
    assertEquals(List.of(), found);
  }

  private static List<Path> sources() {
    return filesBelow("src").stream()
        .filter(file -> file.toString().endsWith(".java"))
        .toList();
  }

  private static List<Path> texts() {
    List<Path> texts = new ArrayList<>();
    for (String folder : List.of("src", "conf", "dist", "scripts", "docs", ".ci")) {
      texts.addAll(filesBelow(folder));
    }
    texts.removeIf(file -> file.toString().matches(".*\\.(png|ico|jar|gz|br|woff2)"));
    return texts;
  }

  private static List<Path> filesBelow(String folder) {
    Path start = ROOT.resolve(folder);
    if (!Files.isDirectory(start)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(start)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
