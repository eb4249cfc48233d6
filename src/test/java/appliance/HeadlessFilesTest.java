package appliance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import appliance.runtime.ExitCode;
import appliance.testing.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a node without a screen is run with: the unit file, the log's settings, the scripts. */
final class HeadlessFilesTest {

  private static final Path ROOT = Path.of(System.getProperty("project.directory", "."));

  @TempDir
  private Path folder;

  @Test
  void systemd_understands_the_unit_file() throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/bin/systemd-analyze")), "no systemd here");
    // Its program and its user are not installed where the tests run.
    String unit = Files.readString(ROOT.resolve("dist/appliance.service"))
        .replaceAll("ExecStart=\\S+", "ExecStart=/bin/true")
        .replaceAll("(?m)^(User|Group)=.*$", "");
    Path file = Files.writeString(folder.resolve("appliance.service"), unit);
    Finished verified = Finished.of(
        List.of("/usr/bin/systemd-analyze", "verify", "--man=no", file.toString()),
        Map.of(),
        folder);
    String ours = String.join(
        "\n",
        verified.output().lines().filter(line -> line.contains("appliance")).toList());
    assertEquals("", ours);
  }

  @Test
  void what_only_an_operator_mends_is_not_tried_again_and_again() throws Exception {
    String unit = Files.readString(ROOT.resolve("dist/appliance.service"));
    String codes = Stream.of(ExitCode.BAD_CONFIG, ExitCode.DATA_FOLDER, ExitCode.CLUSTER)
        .map(code -> Integer.toString(code.number()))
        .collect(Collectors.joining(" "));
    assertTrue(unit.contains("\nRestartPreventExitStatus=" + codes + "\n"), unit);
  }

  @Test
  void the_jvm_knows_the_options_of_a_witness() throws Exception {
    String options = Files.readString(ROOT.resolve("dist/witness.conf"))
        .lines()
        .filter(line -> line.startsWith("Environment=\"JAVA_OPTIONS="))
        .map(line -> line.split("JAVA_OPTIONS=", 2)[1].replace("\"", ""))
        .findFirst()
        .orElseThrow();
    List<String> command = new ArrayList<>(
        List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
    command.addAll(List.of(options.split(" ")));
    command.add("-version");
    Finished finished = Finished.of(command, Map.of(), folder);
    assertEquals(0, finished.exitCode(), finished.output());
  }

  static Stream<String> scripts() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve("scripts"))) {
      List<String> listed = files.map(file -> "scripts/" + file.getFileName()).toList();
      return Stream.concat(listed.stream(), Stream.of("dist/appliance", ".ci/run"));
    }
  }

  /** Those that end in .sh are read by others. */
  @ParameterizedTest
  @MethodSource("scripts")
  void bash_understands_the_scripts(String script) {
    Path file = ROOT.resolve(script).toAbsolutePath();
    assertTrue(script.endsWith(".sh") || Files.isExecutable(file), script);
    assertEquals(
        "",
        Finished.of(List.of("bash", "-n", file.toString()), Map.of(), folder).output());
  }
}
