package appliance.cli;

import appliance.demo.Demo;
import appliance.demo.DemoConfig;
import appliance.demo.MasterDatabase;
import appliance.runtime.ExitCode;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code demo}: runs the guestbook until the process is told to end. */
@Command(
    name = "demo",
    description = "Runs a guestbook with pictures, as an application to try a cluster with.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

  @Spec
  private @Nullable CommandSpec spec;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "9000",
      description = "Where it listens on 127.0.0.1 (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--database",
      paramLabel = "URL",
      required = true,
      defaultValue = "${env:APPLIANCE_DATABASE}",
      description = "The master: mysql://user:password@host:port/schema; also APPLIANCE_DATABASE.")
  private String database = "";

  @Option(
      names = "--database-password-file",
      paramLabel = "FILE",
      defaultValue = "${env:APPLIANCE_DATABASE_PASSWORD_FILE}",
      description = "Holds the password; also in APPLIANCE_DATABASE_PASSWORD.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--replica-file",
      paramLabel = "FILE",
      description = "Holds the JDBC URL of the local replica; may appear later.")
  private @Nullable Path replicaFile;

  @Option(
      names = "--media",
      paramLabel = "DIR",
      required = true,
      description = "The folder for uploaded pictures: the node's --media.")
  private Path media = Path.of("");

  @Option(
      names = "--media-path",
      paramLabel = "PATH",
      defaultValue = "/media/",
      description = "Where the public finds that folder (default: ${DEFAULT-VALUE}).")
  private String mediaPath = "";

  @Option(
      names = "--name",
      paramLabel = "NODE",
      defaultValue = "this machine",
      description = "The name it answers with.")
  private String name = "";

  @Override
  public Integer call() throws IOException, InterruptedException {
    // Read when logging begins, which is with the first class that has a logger.
    System.setProperty("logback.configurationFile", "logback-demo.xml");
    Demo demo = new Demo(config());
    // Of the command, not of Demo: a test that starts one ends it itself.
    Runtime.getRuntime().addShutdownHook(new Thread(demo::close, "demo-end"));
    try {
      demo.start();
    } catch (RuntimeException e) {
      if (e.getCause() instanceof BindException) {
        command()
            .commandLine()
            .getErr()
            .println("appliance: port " + port
                + " is taken by another program; give a free one by --port");
        return ExitCode.PORT_TAKEN.number();
      }
      throw e;
    }
    new CountDownLatch(1).await();
    return ExitCode.OK.number();
  }

  private CommandSpec command() {
    return Objects.requireNonNull(spec);
  }

  private DemoConfig config() throws IOException {
    try {
      MasterDatabase master = withPassword(MasterDatabase.parse(database));
      return new DemoConfig(name, port, master, Optional.ofNullable(replicaFile), media, mediaPath);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command().commandLine(), e.getMessage(), e);
    }
  }

  private MasterDatabase withPassword(MasterDatabase master) throws IOException {
    String fromEnvironment = System.getenv("APPLIANCE_DATABASE_PASSWORD");
    if (passwordFile != null) {
      return master.withPassword(Files.readString(passwordFile).strip());
    }
    return fromEnvironment == null ? master : master.withPassword(fromEnvironment);
  }
}
