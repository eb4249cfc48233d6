package appliance.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import appliance.testing.LogLines;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.recovery.ResilientFileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

/** The settings in code against those in conf/logback.xml, which an operator may change. */
final class NodeLogTest {

  private static final Path XML =
      Path.of(System.getProperty("project.directory", "."), "conf/logback.xml");

  @TempDir
  private Path folder;

  private final LoggerContext byCode = new LoggerContext();
  private final LoggerContext byXml = new LoggerContext();

  private void configureBoth() throws Exception {
    byCode.setMDCAdapter(new LogbackMDCAdapter());
    byXml.setMDCAdapter(new LogbackMDCAdapter());
    NodeLog.setUp(byCode, folder.resolve("code").toString());
    byXml.putProperty("appliance.data", folder.resolve("xml").toString());
    JoranConfigurator joran = new JoranConfigurator();
    joran.setContext(byXml);
    joran.doConfigure(XML.toFile());
    // It is opened beside the test, and must not come into a folder that is removed already.
    Await.until("the file is there", () -> Files.exists(folder.resolve("code/logs/appliance.log")));
  }

  @AfterEach
  void stop() {
    byCode.stop();
    byXml.stop();
  }

  @Test
  void it_writes_the_same_lines_as_the_file_of_settings_does() throws Exception {
    configureBoth();
    for (LoggerContext context : new LoggerContext[] {byCode, byXml}) {
      log(context, Level.INFO, "a.b.Short", "one line, ü", null);
      log(context, Level.ERROR, "Name", "with a cause", failure());
    }
    byXml.stop();
    String expected = Files.readString(folder.resolve("xml/logs/appliance.log"));
    assertTrue(expected.contains("ERROR") && expected.contains("Caused by"), expected);
    Path written = folder.resolve("code/logs/appliance.log");
    byCode.stop();
    assertEquals(expected, Files.readString(written));
  }

  @Test
  void it_is_as_quiet_about_the_libraries_as_the_file_of_settings() throws Exception {
    configureBoth();
    assertEquals(levels(byXml), levels(byCode));
  }

  @Test
  void what_the_clusters_library_repeats_does_not_fill_the_log() throws Exception {
    configureBoth();
    for (LoggerContext context : new LoggerContext[] {byCode, byXml}) {
      assertTrue(context.getTurboFilterList().get(0) instanceof LibraryFlood);
    }
    AtomicLong clock = new AtomicLong();
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    context.addTurboFilter(new LibraryFlood(clock::get));
    LogLines told = LogLines.of(context.getLogger(Logger.ROOT_LOGGER_NAME));
    Logger library = context.getLogger("org.jgroups.protocols.pbcast.NAKACK2");
    for (int i = 0; i < 1000; i++) {
      library.warn("dropped message from non-member " + i);
      context.getLogger("appliance.edge.Edge").warn("ours");
    }
    int before = told.all().size();
    assertEquals(LibraryFlood.LINES_PER_MINUTE + 1000, before);
    clock.addAndGet(TimeUnit.MINUTES.toNanos(1));
    library.warn("another");
    assertEquals(
        List.of("990 lines like the next one were left out", "another"),
        told.all().subList(before, told.all().size()));
  }

  @Test
  void a_file_that_cannot_be_opened_is_told_where_the_log_goes_all_the_same() throws Exception {
    Path file = Files.createDirectories(folder.resolve("logs/appliance.log"));
    LogLines told = setUpBesideAList();
    Await.until("it is told", () -> !NodeLog.trouble(byCode).isEmpty());
    assertTrue(NodeLog.trouble(byCode).startsWith(file + " is not written (" + file), "its name");
    Await.until("in the log, too", () -> told.all().size() == 1);
    assertTrue(told.all().get(0).contains(NodeLog.trouble(byCode)));
  }

  @Test
  void a_full_disk_is_told_once_and_that_there_is_room_again() throws Exception {
    LogLines lines = setUpBesideAList();
    Path path = Files.createSymbolicLink(folder.resolve("full"), Path.of("/dev/full"));
    try (ResilientFileOutputStream file = new ResilientFileOutputStream(path.toFile(), true, 16)) {
      file.setContext(byCode); // logback's way to write a file
      Await.until("it is told", () -> {
        file.write(new byte[20]);
        return NodeLog.trouble(byCode).endsWith("is not written (No space left on device)");
      });
      Files.delete(path);
      Await.until("it is over", () -> {
        file.write(new byte[20]);
        return NodeLog.trouble(byCode).isEmpty();
      });
    }
    List<String> told = lines.all();
    assertEquals(2, told.size(), told.toString());
    assertTrue(told.get(1).endsWith("logs/appliance.log is written again"), told.get(1));
  }

  private LogLines setUpBesideAList() {
    byCode.setMDCAdapter(new LogbackMDCAdapter());
    LogLines lines = LogLines.of(byCode.getLogger(Logger.ROOT_LOGGER_NAME));
    NodeLog.setUp(byCode, folder.toString());
    return lines;
  }

  @Test
  void without_a_data_folder_there_is_no_file() {
    NodeLog.setUp(byCode, "");
    Logger root = byCode.getLogger(Logger.ROOT_LOGGER_NAME);
    root.iteratorForAppenders()
        .forEachRemaining(appender -> assertEquals("stdout", appender.getName()));
  }

  private static Map<String, String> levels(LoggerContext context) {
    Map<String, String> levels = new TreeMap<>();
    context.getLoggerList().stream()
        .filter(logger -> logger.getLevel() != null)
        .forEach(logger -> levels.put(logger.getName(), logger.getLevel().toString()));
    return levels;
  }

  private static Exception failure() {
    return new IllegalStateException("outer", new IllegalArgumentException("inner"));
  }

  private static void log(
      LoggerContext context, Level level, String name, String text, @Nullable Exception failure) {
    LoggingEvent event = event(context, level, name, text, failure);
    context.getLogger(name).callAppenders(event);
  }

  private static LoggingEvent event(
      LoggerContext context, Level level, String name, String text, @Nullable Exception failure) {
    LoggingEvent event = new LoggingEvent(
        NodeLogTest.class.getName(),
        context.getLogger(name),
        ch.qos.logback.classic.Level.convertAnSLF4JLevel(level),
        text,
        failure,
        null);
    event.setInstant(Instant.parse("2026-01-02T03:04:05.067Z"));
    event.setThreadName("main");
    return event;
  }
}
