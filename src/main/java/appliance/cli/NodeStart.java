package appliance.cli;

import appliance.config.BadConfig;
import appliance.config.Config;
import appliance.config.ConfigReader;
import appliance.config.LocalMachine;
import appliance.node.NodeProcess;
import appliance.runtime.ExitCode;
import appliance.runtime.FileTrouble;
import appliance.runtime.NodeLog;
import appliance.runtime.Readiness;
import appliance.runtime.StartFailure;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs a node until it is told to end, and tells the operator why if it cannot. */
final class NodeStart {

  /** So long that a node that finds no room costs its machine next to nothing. */
  private static final Duration FULL_PAUSE = Duration.ofSeconds(20);

  private final PrintWriter out;
  private final PrintWriter err;

  NodeStart(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  ExitCode run(PlainFlags flags) {
    return run(flags, false);
  }

  /**
   * @param newIdentity whether the data folder is to be another node's than before
   */
  ExitCode run(PlainFlags flags, boolean newIdentity) {
    try {
      return run(config(flags), newIdentity);
    } catch (BadConfig e) {
      e.problems().forEach(problem -> complain(problem.toString()));
      return ExitCode.BAD_CONFIG;
    } catch (StartFailure e) {
      complain(String.valueOf(e.getMessage()));
      return FileTrouble.isFull(e) ? full() : e.exitCode();
    }
  }

  /** Whatever it was that found no room; a service is to try again, and not all the time. */
  private ExitCode full() {
    complain(
        "the disk is full: free space there, and start this node again; a service does by itself");
    Readiness readiness = new Readiness(System.getenv());
    if (readiness.heard()) {
      readiness.starting(FULL_PAUSE.multipliedBy(2), "the disk is full: free space");
      try {
        TimeUnit.MILLISECONDS.sleep(FULL_PAUSE.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return ExitCode.NOT_NOW;
  }

  private static Config config(PlainFlags flags) throws BadConfig {
    Optional<Path> file = flags
        .config()
        .or(() -> Optional.ofNullable(System.getenv("APPLIANCE_CONFIG")).map(Path::of));
    return new ConfigReader(System.getenv(), LocalMachine::detect).read(flags.values(), file);
  }

  private ExitCode run(Config config, boolean newIdentity) {
    // The log's file lies in the data folder: this is read when logging begins.
    System.setProperty(NodeLog.DATA, config.cluster().data().toString());
    Readiness readiness = new Readiness(System.getenv());
    NodeProcess.Terminal terminal = new NodeProcess.Terminal(this::tell, this::complain);
    NodeProcess process = new NodeProcess(config, newIdentity, Version.read(), readiness, terminal);
    ExitCode code;
    try {
      code = process.run();
    } finally {
      NodeLog.flush(); // whoever ends the process next does not wait for it
    }
    if (code == ExitCode.NOT_NOW) {
      complain(
          "the disk was full and has room again: start this node again; a service does by itself");
    }
    return code;
  }

  private void tell(String line) {
    NodeLog.flush(); // what was logged before stands before it
    out.println(line);
    out.flush();
  }

  private void complain(String problem) {
    err.println("appliance: " + problem);
    err.flush();
  }
}
