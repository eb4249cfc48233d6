package appliance.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What README and docs tell a user to type is what the command line understands. */
final class DocumentedCommandsTest {

  private static final Path ROOT = Path.of(System.getProperty("project.directory", "."));
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^ {4}(?:java .*?-jar \\S*appliance\\.jar|appliance(?= ))(.*)$");

  static Stream<String> commands() throws IOException {
    Stream.Builder<String> commands = Stream.builder();
    for (String file : List.of("README.md", "docs/OPERATING.md")) {
      COMMAND
          .matcher(Files.readString(ROOT.resolve(file)))
          .results()
          .map(match -> match.group(1).replaceFirst("#.*", "").strip())
          .forEach(commands);
    }
    return commands.build();
  }

  @Test
  void there_are_commands_to_check() throws IOException {
    assertTrue(commands().count() > 25);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void a_documented_command_is_understood(String arguments) {
    CommandLine.ParseResult parsed = Appliance.commandLine().parseArgs(arguments.split(" +"));
    assertFalse(parsed.originalArgs().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"README.md", "docs/OPERATING.md", "docs/ARCHITECTURE.md", "docs/GUARANTEES.md"})
  void a_file_that_a_document_names_is_there(String document) throws IOException {
    Pattern path = Pattern.compile("\\b(?:scripts|conf|dist|docs)/[A-Za-z.-]*[A-Za-z]");
    path.matcher(Files.readString(ROOT.resolve(document)))
        .results()
        .forEach(match -> assertTrue(Files.exists(ROOT.resolve(match.group())), match.group()));
  }
}
