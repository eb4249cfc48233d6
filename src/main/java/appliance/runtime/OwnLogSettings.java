package appliance.runtime;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.spi.ConfigurationEvent;
import ch.qos.logback.core.spi.ConfigurationEvent.EventType;
import ch.qos.logback.core.spi.ConfigurationEventListener;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts a {@link BackgroundAppender} before each appender of an operator's own settings that has none: nobody who logs is to wait
 * for a disk that hangs, whatever these settings say. On the thread that has read them, each time that they are read.
 */
final class OwnLogSettings implements ConfigurationEventListener {

  private static final Set<EventType> ENDS = EnumSet.of(
      EventType.CONFIGURATION_ENDED_SUCCESSFULLY,
      EventType.CONFIGURATION_ENDED_WITH_XML_PARSING_ERRORS);

  private final LoggerContext context;

  OwnLogSettings(LoggerContext context) {
    this.context = context;
  }

  @Override
  public void listen(ConfigurationEvent event) {
    if (ENDS.contains(event.getEventType())) {
      Map<Appender<ILoggingEvent>, BackgroundAppender> made = new HashMap<>();
      context
          .getLoggerList()
          .forEach(logger -> all(logger).stream()
              .filter(appender -> !(appender instanceof BackgroundAppender))
              .forEach(appender -> exchange(logger, appender, made)));
    }
  }

  static List<Appender<ILoggingEvent>> all(Logger logger) {
    List<Appender<ILoggingEvent>> all = new ArrayList<>();
    logger.iteratorForAppenders().forEachRemaining(all::add);
    return all;
  }

  /** One that several loggers have stays one. */
  private void exchange(
      Logger logger,
      Appender<ILoggingEvent> appender,
      Map<Appender<ILoggingEvent>, BackgroundAppender> made) {
    logger.addAppender(made.computeIfAbsent(appender, this::before));
    logger.detachAppender(appender);
  }

  private BackgroundAppender before(Appender<ILoggingEvent> appender) {
    BackgroundAppender background = new BackgroundAppender();
    background.setContext(context);
    background.setName(String.valueOf(appender.getName()));
    background.addAppender(appender);
    background.start();
    return background;
  }
}
