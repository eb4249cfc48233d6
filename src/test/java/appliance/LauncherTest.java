package appliance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.admin.AdminNode;
import appliance.runtime.ExitCode;
import appliance.testing.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a command finds the node of its machine: by the variable, and by dist/appliance. */
final class LauncherTest {

  private static final Path ROOT = Path.of(System.getProperty("project.directory", "."));

  @TempDir
  private Path folder;

  private Path service;
  private Path here;
  private Path installed;

  /** The script as it is installed, with another place for the service's data, and a JVM that only tells. */
  @BeforeEach
  void install() throws IOException {
    service = Files.createDirectory(folder.resolve("service"));
    here = Files.createDirectory(folder.resolve("here"));
    Path lib = Files.createDirectory(folder.resolve("lib"));
    String script = Files.readString(ROOT.resolve("dist/appliance"));
    assertTrue(script.contains("service=/var/lib/appliance\n"));
    Path real = executable(
        lib.resolve("appliance"),
        script.replace("service=/var/lib/appliance\n", "service=" + service + "\n"));
    Files.writeString(lib.resolve("appliance.jar"), "");
    installed = Files.createSymbolicLink(folder.resolve("appliance"), real);
    executable(
        Files.createDirectory(folder.resolve("bin")).resolve("java"),
        "#!/bin/sh\necho \"data=${APPLIANCE_DATA:-} $*\"\n");
  }

  private static Path executable(Path file, String text) throws IOException {
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void the_service_stays_down_after_what_only_an_operator_mends_and_tries_all_else_again()
      throws IOException {
    String unit = Files.readString(ROOT.resolve("dist/appliance.service"));
    String stays = Stream.of(ExitCode.BAD_CONFIG, ExitCode.DATA_FOLDER, ExitCode.CLUSTER)
        .map(code -> " " + code.number())
        .collect(Collectors.joining());
    assertTrue(unit.contains("\nRestart=on-failure\n"), unit);
    assertTrue(unit.contains("\nRestartPreventExitStatus=" + stays.strip() + "\n"), unit);
    assertTrue(unit.contains("\nStartLimitIntervalSec=0\n"), unit);
    assertTrue(unit.contains("\nSuccessExitStatus=143\n"), unit);
  }

  /** The data folder that the JVM is told. */
  private String told(Map<String, String> environment, String... arguments) {
    return output(environment, arguments).split(" ", 2)[0];
  }

  private String output(Map<String, String> environment, String... arguments) {
    Map<String, String> all = new HashMap<>(environment);
    all.put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    all.putIfAbsent("APPLIANCE_DATA", "");
    all.put("APPLIANCE_JAR", "");
    all.put("APPLIANCE_ARCHIVE", "");
    List<String> command = new ArrayList<>(List.of(installed.toString()));
    command.addAll(List.of(arguments));
    Finished finished = Finished.of(command, all, here);
    assertEquals(0, finished.exitCode(), finished.output());
    assertTrue(
        finished.output().contains("-jar " + folder.resolve("lib/appliance.jar")),
        finished.output());
    return finished.output();
  }

  @Test
  void a_command_finds_the_services_node_unless_a_folder_is_named_or_lies_here() throws Exception {
    assertEquals("data=", told(Map.of(), "status"), "no service has run here");
    Files.writeString(service.resolve("lock"), "");
    assertEquals("data=" + service, told(Map.of(), "status"));
    assertEquals("data=" + service, told(Map.of(), "drain", "web2", "--wait"));
    assertEquals("data=/named", told(Map.of("APPLIANCE_DATA", "/named"), "status"));
    assertEquals("data=", told(Map.of(), "--join", "shop"), "a start is nobody else's");
    Files.createDirectory(here.resolve("appliance-data"));
    assertEquals("data=", told(Map.of(), "status"), "the node that was started here");
  }

  @Test
  void a_jvm_out_of_memory_ends_and_is_no_half_node_unless_the_operator_wants_that() {
    String ends = "-XX:+ExitOnOutOfMemoryError ";
    for (String options : List.of("", "-Xmx512m", "-XX:+UseG1GC")) {
      String output = output(Map.of("JAVA_OPTIONS", options), "--join", "shop");
      assertTrue(output.contains(ends) && output.contains(options), output);
    }
    String otherwise = "-XX:-ExitOnOutOfMemoryError";
    String output = output(Map.of("JAVA_OPTIONS", otherwise), "--join", "shop");
    assertTrue(output.indexOf(otherwise) > output.indexOf(ends), "the last one counts: " + output);
  }

  @Test
  void a_command_of_the_jar_needs_the_variable_alone() throws Exception {
    Path data = Files.createDirectory(folder.resolve("data"));
    try (AdminNode node = AdminNode.on(data)) {
      assertEquals(0, jar(data, "status").exitCode());
      assertEquals(0, jar(data, "drain", "b").exitCode());
      assertEquals(List.of("drain b"), node.commands);
    }
    Finished none = jar(folder.resolve("nowhere"), "secret");
    assertEquals(4, none.exitCode());
    assertTrue(none.output().contains("There is no secret in " + folder.resolve("nowhere")));
  }

  private Finished jar(Path data, String... arguments) {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin/java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        "appliance.Main"));
    command.addAll(List.of(arguments));
    return Finished.of(command, Map.of("APPLIANCE_DATA", data.toString()), here);
  }
}
