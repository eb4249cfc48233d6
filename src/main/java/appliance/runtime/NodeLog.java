package appliance.runtime;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.FileSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * The log of a node as conf/logback.xml describes it, set up without XML: reading that would take a
 * tenth of a start. Stands back where a file of settings is named. Logback finds it as a service.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class NodeLog extends ContextAwareBase implements Configurator {

  /** The system property that names the data folder; without it there is no file. */
  public static final String DATA = "appliance.data";

  private static final String STDOUT = "stdout";
  private static final String FILE = "logs/appliance.log";
  private static final String WATCH = "appliance.log.watch";
  private static final String SETTINGS = "logback.configurationFile";
  private static final String TEST_SETTINGS = "logback-test.xml";

  private static final long FILE_BYTES_MAX = 20L << 20;
  private static final long ALL_BYTES_MAX = 200L << 20;
  private static final int DAYS_MAX = 14;

  /** A disk that works takes less for what may wait, also a busy one. */
  private static final Duration FLUSH_MAX = Duration.ofSeconds(2);

  /** Libraries speak of their own affairs; ours names what an operator can act on. */
  private static final Map<String, Level> LIBRARIES = Map.of(
      "org.jgroups", Level.WARN,
      // It warns of a machine without a network; all addresses are given to it.
      "org.jgroups.stack.Configurator", Level.ERROR,
      // It calls each peer that ends an error.
      "org.jgroups.protocols.TCP", Level.OFF,
      "appliance.cluster.raft.ExactTcp", Level.OFF,
      "io.undertow", Level.WARN,
      "org.xnio", Level.WARN,
      "org.jboss", Level.WARN,
      "com.github.shyiko", Level.WARN,
      "org.mariadb.jdbc", Level.WARN);

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty(SETTINGS) != null
        || NodeLog.class.getClassLoader().getResource(TEST_SETTINGS) != null) {
      leaveToSettings(context, System.getProperty(DATA, ""));
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    setUp(context, System.getProperty(DATA, ""));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Whatever these say, nobody who logs waits: but for a command, which ends at once. */
  static void leaveToSettings(LoggerContext context, String data) {
    if (!data.isEmpty()) {
      context.addConfigurationEventListener(new OwnLogSettings(context));
    }
  }

  /**
   * Logs to stdout, and to a file below {@code data} as well, each on a thread of its own; where {@code data} is empty, as
   * for a command, to stdout alone, and at once.
   */
  static void setUp(LoggerContext context, String data) {
    context.addTurboFilter(new LibraryFlood());
    LIBRARIES.forEach((name, level) -> context.getLogger(name).setLevel(level));
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    if (data.isEmpty()) {
      root.addAppender(started(context, STDOUT, new ConsoleAppender<>()));
      return;
    }
    LogFileWatch watch = new LogFileWatch(context, Path.of(data, FILE));
    context.putObject(WATCH, watch);
    context.getStatusManager().add(watch);
    root.addAppender(background(
        context,
        STDOUT,
        self -> self.addAppender(started(context, STDOUT, new ConsoleAppender<>()))));
    // Beside the start: to find out when to roll takes as long as all the rest of logging.
    root.addAppender(background(context, "file", self -> open(context, data, self, watch)));
  }

  private static BackgroundAppender background(
      LoggerContext context, String name, Consumer<BackgroundAppender> opening) {
    BackgroundAppender appender = new BackgroundAppender(opening);
    appender.setContext(context);
    appender.setName(name);
    appender.start();
    return appender;
  }

  private static void open(
      LoggerContext context, String data, BackgroundAppender to, LogFileWatch watch) {
    OutputStreamAppender<ILoggingEvent> file = started(context, "file", file(context, data));
    if (file.isStarted()) {
      to.addAppender(file);
    } else {
      watch.unopened();
    }
  }

  /** Why this process's log is not written; empty if it is. */
  public static String trouble() {
    return context().map(NodeLog::trouble).orElse("");
  }

  static String trouble(LoggerContext context) {
    List<String> all = new ArrayList<>();
    if (context.getObject(WATCH) instanceof LogFileWatch watch) {
      all.add(watch.trouble());
    }
    background(context).forEach(each -> {
      String trouble = each.trouble();
      all.add(
          trouble.isEmpty() ? "" : "the log's " + each.getName() + " takes nothing: " + trouble);
    });
    all.removeIf(String::isEmpty);
    return String.join("; ", all);
  }

  /**
   * Waits until what was logged before is written: before the process ends, and before anybody else writes to stdout what is
   * to stand behind it.
   */
  public static void flush() {
    context().ifPresent(context -> background(context).forEach(each -> each.flush(FLUSH_MAX)));
  }

  private static Optional<LoggerContext> context() {
    return Optional.of(LoggerFactory.getILoggerFactory())
        .filter(LoggerContext.class::isInstance)
        .map(LoggerContext.class::cast);
  }

  private static List<BackgroundAppender> background(LoggerContext context) {
    return context.getLoggerList().stream()
        .flatMap(logger -> OwnLogSettings.all(logger).stream())
        .filter(BackgroundAppender.class::isInstance)
        .map(BackgroundAppender.class::cast)
        .distinct()
        .toList();
  }

  private static OutputStreamAppender<ILoggingEvent> file(LoggerContext context, String data) {
    RollingFileAppender<ILoggingEvent> file = new RollingFileAppender<>();
    file.setFile(data + "/" + FILE);
    SizeAndTimeBasedRollingPolicy<ILoggingEvent> rolling = new SizeAndTimeBasedRollingPolicy<>();
    rolling.setContext(context);
    rolling.setParent(file);
    rolling.setFileNamePattern(data + "/logs/appliance.%d{yyyy-MM-dd}.%i.log.gz");
    rolling.setMaxFileSize(new FileSize(FILE_BYTES_MAX));
    rolling.setTotalSizeCap(new FileSize(ALL_BYTES_MAX));
    rolling.setMaxHistory(DAYS_MAX);
    rolling.start();
    file.setRollingPolicy(rolling);
    return file;
  }

  private static OutputStreamAppender<ILoggingEvent> started(
      LoggerContext context, String name, OutputStreamAppender<ILoggingEvent> appender) {
    LogLine line = new LogLine();
    line.setContext(context);
    line.start();
    appender.setContext(context);
    appender.setName(name);
    appender.setEncoder(line);
    appender.start();
    return appender;
  }
}
