package appliance.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.joran.spi.JoranException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Settings that know nothing of our appenders, as an operator may have them from elsewhere. */
final class OwnLogSettingsTest {

  private static final String XML = """
      <configuration>
        <appender name="own" class="appliance.runtime.OwnLogSettingsTest$Own" />
        <logger name="audit" additivity="false"><appender-ref ref="own" /></logger>
        <root level="INFO"><appender-ref ref="own" /></root>
      </configuration>
      """;

  /** Remembers who has written what. */
  public static final class Own extends AppenderBase<ILoggingEvent> {
    private static final List<String> LINES = new CopyOnWriteArrayList<>();
    private static final List<Thread> THREADS = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      LINES.add(event.getFormattedMessage());
      THREADS.add(Thread.currentThread());
    }
  }

  private final LoggerContext context = new LoggerContext();

  @BeforeEach
  void forget() {
    context.setMDCAdapter(new LogbackMDCAdapter());
    Own.LINES.clear();
    Own.THREADS.clear();
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  private void read() throws JoranException {
    JoranConfigurator joran = new JoranConfigurator();
    joran.setContext(context);
    joran.doConfigure(new ByteArrayInputStream(XML.getBytes(StandardCharsets.UTF_8)));
  }

  private List<Appender<ILoggingEvent>> appenders(String logger) {
    return OwnLogSettings.all(context.getLogger(logger));
  }

  @Test
  void who_logs_does_not_wait_for_a_plain_appender_of_an_operators_own() throws JoranException {
    NodeLog.leaveToSettings(context, "/var/lib/appliance");
    read();
    context.getLogger("a").info("one {}", "line");
    context.getLogger("audit").info("another");
    assertEquals(appenders(Logger.ROOT_LOGGER_NAME), appenders("audit"), "one for both");
    assertEquals(1, appenders("audit").size());
    context.stop(); // writes what waits
    assertEquals(List.of("one line", "another"), Own.LINES);
    assertFalse(Own.THREADS.contains(Thread.currentThread()));
  }

  @Test
  void so_it_is_when_the_settings_are_read_again() throws JoranException {
    NodeLog.leaveToSettings(context, "/var/lib/appliance");
    read();
    context.reset();
    read();
    assertTrue(appenders("audit").get(0) instanceof BackgroundAppender);
    assertEquals(1, appenders("audit").size());
  }

  @Test
  void a_command_which_ends_at_once_writes_them_itself() throws JoranException {
    NodeLog.leaveToSettings(context, "");
    read();
    assertTrue(appenders("audit").get(0) instanceof Own);
  }
}
