package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Finished;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive of classes shortens a start, and never keeps one from happening. */
@Tag("scenario")
final class ArchivedStartTest {

  private static final String LAUNCHER = Path.of(
          System.getProperty("project.directory", "."), "dist/appliance")
      .toAbsolutePath()
      .toString();

  @TempDir
  private Path folder;

  @Test
  void a_good_archive_is_used_and_a_bad_one_is_made_anew_or_left_out() throws Exception {
    Path jar = folder.resolve("appliance.jar");
    Files.copy(Path.of(System.getProperty("appliance.jar", "")), jar);
    Path archive = folder.resolve("appliance.jsa");

    assertFalse(takesClassesFromArchive(), "there is none yet");
    assertTrue(version("-Xlog:gc").contains("Using Parallel"), "the collector that costs least");
    assertTrue(version("-Xlog:gc -XX:+UseSerialGC").contains("Using Serial"), "the operator's");

    Finished made = launch("archive");
    assertEquals(0, made.exitCode(), made.output());
    assertTrue(takesClassesFromArchive(), made.output());
    assertTrue(
        launch("archive", "--file", archive.toString()).output().contains("is good"),
        "a good one is left alone");

    byte[] whole = Files.readAllBytes(archive);
    Files.delete(archive);
    Files.write(archive, Arrays.copyOf(whole, whole.length / 2));
    Finished again = launch("archive", "--file", archive.toString());
    assertTrue(again.output().contains("is made"), again.output());
    assertTrue(Files.size(archive) > whole.length / 2, "whole again");

    Path newer = folder.resolve("newer.jar");
    Files.copy(jar, newer);
    Files.move(newer, jar, StandardCopyOption.REPLACE_EXISTING);
    assertFalse(takesClassesFromArchive(), "that of an older jar");
  }

  private boolean takesClassesFromArchive() {
    return version("-Xlog:class+load").contains("appliance.Main source: shared objects file (top)");
  }

  private String version(String options) {
    Finished version = launch(options, List.of("version"));
    assertEquals(0, version.exitCode(), version.output());
    return version.output();
  }

  private Finished launch(String... arguments) {
    return launch("", List.of(arguments));
  }

  private Finished launch(String options, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(LAUNCHER));
    command.addAll(arguments);
    return Finished.of(
        command,
        Map.of(
            "APPLIANCE_JAR", folder.resolve("appliance.jar").toString(), "JAVA_OPTIONS", options),
        folder.resolve("run"));
  }
}
