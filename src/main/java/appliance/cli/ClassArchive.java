package appliance.cli;

import appliance.runtime.ExitCode;
import appliance.trust.JoinSecret;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The JVM's archive of the classes that a start loads (AppCDS). It is made by a node that joins another one
 * for a moment, and gets its name only once a JVM has checked it: one that is cut off would crash each
 * start.
 */
final class ClassArchive {

  /** The JVM says a line about each class that it leaves out. */
  private static final List<String> QUIET = List.of(
      "-Xlog:cds=off",
      "-Xlog:cds+dynamic=off",
      "-XX:ErrorFile=/dev/null",
      "-XX:-CreateCoredumpOnCrash");

  private final Path java;
  private final Path jar;

  /**
   * @param java the program that later starts use: an archive is good for that one only
   */
  ClassArchive(Path java, Path jar) {
    this.java = java;
    this.jar = jar;
  }

  /** Removes what a run that was killed has left beside {@code file}. */
  void cleanUp(Path file) throws IOException {
    Files.deleteIfExists(next(file));
  }

  /** Whether a JVM of this kind takes {@code file}, every byte of it, for this jar. */
  boolean isGood(Path file) throws IOException, InterruptedException {
    if (!Files.exists(file)) {
      return false;
    }
    List<String> command =
        jvm(List.of("-Xshare:on", "-XX:+VerifySharedSpaces", "-XX:SharedArchiveFile=" + file));
    command.add("version");
    Process check = TrialNode.launch(command, Redirect.DISCARD);
    return TrialNode.ended(check) && check.exitValue() == 0;
  }

  /** Makes {@code file}, or leaves what is there. */
  void make(Path file) throws IOException, InterruptedException, CommandFailure {
    Path next = next(file);
    try (ArchiveFolder folder = ArchiveFolder.in(Path.of(System.getProperty("java.io.tmpdir")))) {
      runTwo(folder.path(), next);
      try (FileChannel written = FileChannel.open(next, StandardOpenOption.READ)) {
        written.force(true);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(next);
    }
  }

  private static Path next(Path file) {
    return file.resolveSibling(file.getFileName() + ".new");
  }

  /** The second node's JVM writes it: a join loads what the founding of a cluster does, and more. */
  private void runTwo(Path folder, Path archive)
      throws IOException, InterruptedException, CommandFailure {
    Files.writeString(Files.createDirectory(folder.resolve("site")).resolve("index.html"), "-\n");
    Files.writeString(folder.resolve("secret"), JoinSecret.generate().text() + "\n");
    List<Integer> ports = TrialNode.freePorts(2);
    try (TrialNode founder = TrialNode.start(jvm(List.of()), folder, ports, 0)) {
      founder.await();
      List<String> writing = jvm(List.of("-XX:ArchiveClassesAtExit=" + archive));
      try (TrialNode joiner = TrialNode.start(writing, folder, ports, 1)) {
        joiner.await();
        joiner.end();
        if (!isGood(archive)) {
          throw new CommandFailure(
              ExitCode.FAILED,
              "No archive: the JVM does not take the archive that it has made (" + joiner.said()
                  + "). Starts work without it.");
        }
      }
    }
  }

  private List<String> jvm(List<String> options) {
    List<String> command = new ArrayList<>(List.of(java.toString()));
    command.addAll(QUIET);
    command.addAll(options);
    command.addAll(List.of("-jar", jar.toString()));
    return command;
  }
}
