package appliance.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** What a logger and those below it are told, as an operator reads it, from now on until this is closed. */
public final class LogLines implements AutoCloseable {

  private final Logger logger;
  private final ListAppender<ILoggingEvent> heard = new ListAppender<>();

  private LogLines(Logger logger) {
    this.logger = logger;
    heard.list = new CopyOnWriteArrayList<>(); // any thread logs
    heard.start();
    logger.addAppender(heard);
  }

  public static LogLines of(Logger logger) {
    return new LogLines(logger);
  }

  public static LogLines of(Class<?> source) {
    return of(source.getName());
  }

  /**
   * @param name of a class or a package
   */
  public static LogLines of(String name) {
    return of((Logger) LoggerFactory.getLogger(name));
  }

  /** The messages, without time and level. */
  public List<String> all() {
    return messages(heard.list.stream());
  }

  /** Those that are warnings or errors. */
  public List<String> warnings() {
    return messages(
        heard.list.stream().filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN)));
  }

  private static List<String> messages(Stream<ILoggingEvent> events) {
    return events.map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Override
  public void close() {
    logger.detachAppender(heard);
  }
}
