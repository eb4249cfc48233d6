package appliance.node;

import appliance.config.Config;
import appliance.runtime.ExitCode;
import appliance.runtime.NodeLog;
import appliance.runtime.Readiness;
import appliance.runtime.StartFailure;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.lang.ProcessHandle.Info;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The node as a process: starts it, tells systemd, waits for SIGTERM, ends it in order. */
public final class NodeProcess {

  private static final Logger log = LoggerFactory.getLogger(NodeProcess.class);

  /** Less than the 30 s that the systemd unit gives. */
  private static final Duration CLOSE_MAX = Duration.ofSeconds(25);

  private static final Duration COMPLAINT_MAX = Duration.ofSeconds(1);

  /**
   * Names the class that makes JMX servers. XNIO offers its counters over JMX, and would start the whole
   * of that for it, a tenth of a start; with a name of no class it fails to, and goes on. JMX itself stays:
   * that of a JVM that was started with it is there already, and one that is asked for later finds the
   * property gone.
   */
  private static final String BEANS = "javax.management.builder.initial";

  private final Config config;
  private final boolean newIdentity;
  private final String version;
  private final Readiness readiness;
  private final Terminal terminal;
  private final Ending ending;
  private volatile @Nullable Thread starting;

  /** What is said to whoever has started this process: each takes a line. */
  public record Terminal(Consumer<String> out, Consumer<String> err) {}

  /**
   * @param newIdentity whether the data folder is to be another node's than before: it is a copy
   */
  public NodeProcess(
      Config config, boolean newIdentity, String version, Readiness readiness, Terminal terminal) {
    this.config = config;
    this.newIdentity = newIdentity;
    this.version = version;
    this.readiness = readiness;
    this.terminal = terminal;
    ending = new Ending(readiness, CLOSE_MAX, NodeProcess::halt);
  }

  private static void halt(int code) {
    NodeLog.flush();
    Runtime.getRuntime().halt(code);
  }

  /**
   * Returns when the node has ended.
   *
   * @throws StartFailure if it cannot be started; nothing is left running
   */
  public ExitCode run() {
    // Nothing here reads Java's own serialization; a stranger on a cluster port must not either.
    ObjectInputFilter.Config.setSerialFilter(ObjectInputFilter.Config.createFilter("!*"));
    System.setProperty(BEANS, "none");
    ExitCode code = ExitCode.OK;
    try (StartDisk disk =
            StartDisk.watch(config.cluster().data(), this::complain, NodeProcess::halt);
        DataFolder data = DataFolder.open(config.cluster().data(), newIdentity);
        Composed node = composed(data)) {
      Thread hook = new Thread(() -> ending.terminate(this::endStart), "shutdown");
      Runtime.getRuntime().addShutdownHook(hook);
      node.onRestart(ending::restart);
      starting = Thread.currentThread();
      LongStart patience = LongStart.begin(readiness, LongStart.WORD_PERIOD, node::awaited);
      try {
        node.start();
      } finally {
        patience.close();
        starting = null;
        Thread.interrupted(); // what has ended the start must not cut off the close
      }
      disk.served();
      System.clearProperty(BEANS);
      log.info(
          "Node {} of cluster {} serves, {} ms after the start of its process",
          config.cluster().node(),
          config.cluster().cluster(),
          sinceProcessStart().toMillis());
      readiness.ready();
      node.welcome();
      code = ending.await();
      log.info("Ending: leaving the cluster in order");
      if (code == ExitCode.OK) {
        readiness.stopping(); // another end is for systemd to take as one that it did not expect
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.FAILED;
    } catch (IOException e) {
      log.warn("The data folder's lock was not given free", e);
    } finally {
      log.info("Ended");
      ending.over(); // the process is gone from here on
    }
    return code;
  }

  private Composed composed(DataFolder data) {
    return config.cluster().witness()
        ? new Witness(config, data.id(), version, terminal.out)
        : new Node(config, data.id(), version, terminal.out);
  }

  /** What this is said to may lie on the disk that hangs: it is not waited for long. */
  private void complain(String words) {
    Thread thread = new Thread(() -> terminal.err.accept(words), "complaint");
    thread.setDaemon(true);
    thread.start();
    try {
      thread.join(COMPLAINT_MAX.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void endStart() {
    Thread waiting = starting;
    if (waiting != null) {
      waiting.interrupt(); // it may wait for a person who lets it in
    }
  }

  private static Duration sinceProcessStart() {
    Info process = ProcessHandle.current().info();
    return Duration.between(process.startInstant().orElse(Instant.now()), Instant.now());
  }
}
