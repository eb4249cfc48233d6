package appliance.cli;

import appliance.runtime.ExitCode;
import appliance.runtime.FileTrouble;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the file that shortens every later start. */
@Command(
    name = "archive",
    mixinStandardHelpOptions = true,
    description = "Makes the file of classes that shortens later starts; takes some seconds, once.")
final class ArchiveCommand implements Callable<Integer> {

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "Where to put it. Default: beside the jar, with the ending .jsa.")
  private Optional<Path> file = Optional.empty();

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    try {
      Path jar = jar();
      Path to = file.orElseGet(() ->
              jar.resolveSibling(jar.getFileName().toString().replaceAll("\\.jar$", "") + ".jsa"))
          .toAbsolutePath();
      make(new ClassArchive(Path.of(System.getProperty("java.home"), "bin", "java"), jar), to);
      return ExitCode.OK.number();
    } catch (CommandFailure failure) {
      spec.commandLine().getErr().println(failure.getMessage());
      return failure.exitCode().number();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.FAILED.number();
    }
  }

  private void make(ClassArchive archive, Path to) throws CommandFailure, InterruptedException {
    try {
      archive.cleanUp(to);
      if (archive.isGood(to)) {
        spec.commandLine().getOut().println(to + " is good: nothing to do.");
        return;
      }
      archive.make(to);
      spec.commandLine()
          .getOut()
          .println(to + " is made. Starts that use it: java -XX:SharedArchiveFile=" + to
              + " -jar ..., or dist/appliance.");
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "No archive: " + to + " cannot be made (" + FileTrouble.of(e) + "): name another --file."
              + " Starts work without it.",
          e);
    }
  }

  private static Path jar() throws CommandFailure {
    try {
      URI code = ArchiveCommand.class
          .getProtectionDomain()
          .getCodeSource()
          .getLocation()
          .toURI();
      Path jar = Path.of(code);
      if (Files.isRegularFile(jar)) {
        return jar;
      }
    } catch (URISyntaxException e) {
      throw new CommandFailure(ExitCode.FAILED, "No archive: the jar has no path: " + e, e);
    }
    throw new CommandFailure(ExitCode.FAILED, "No archive: this does not run from a jar.");
  }
}
