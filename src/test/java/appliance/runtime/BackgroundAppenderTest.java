package appliance.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import appliance.testing.Finished;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.FileAppender;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BackgroundAppenderTest {

  private static final Duration AT_ONCE = Duration.ZERO;
  private static final Duration LONG = Duration.ofHours(1);

  /** And an end where nothing is written any more. */
  private static final Duration ENOUGH = Duration.ofSeconds(20);

  /** More than a pipe holds, and more than waits beside it. */
  private static final int MANY = 2 * BackgroundAppender.EVENTS_MAX;

  @TempDir
  private Path folder;

  private final LoggerContext context = new LoggerContext();
  private final Logger log = context.getLogger("L");
  private Path file = Path.of("");

  @BeforeEach
  void open() {
    context.setMDCAdapter(new LogbackMDCAdapter());
    file = folder.resolve("appliance.log");
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  private BackgroundAppender logsTo(CountDownLatch opened, Duration writeMax) {
    BackgroundAppender appender = new BackgroundAppender(
        self -> {
          uninterruptibly(opened);
          self.addAppender(fileAppender());
        },
        writeMax);
    appender.setContext(context);
    appender.setName("file");
    appender.start();
    log.addAppender(appender);
    return appender;
  }

  private FileAppender<ILoggingEvent> fileAppender() {
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    LogLine line = new LogLine();
    line.setContext(context);
    line.start();
    appender.setContext(context);
    appender.setFile(file.toString());
    appender.setEncoder(line);
    appender.start();
    return appender;
  }

  private void makePipe() {
    Finished made = Finished.of(List.of("mkfifo", file.toString()), Map.of(), folder);
    assertEquals(0, made.exitCode(), made.output());
  }

  private static void uninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<String> texts(List<String> lines) {
    return lines.stream().map(BackgroundAppenderTest::text).toList();
  }

  private static String text(String line) {
    return line.replaceAll("^.* - ", "");
  }

  private void logLines(int count) {
    for (int i = 0; i < count; i++) {
      log.warn("line {}", i);
    }
  }

  private static List<String> numbered(int count) {
    return IntStream.range(0, count).mapToObj(i -> "line " + i).toList();
  }

  @Test
  void what_was_logged_before_the_file_was_open_stands_in_it_in_order() throws IOException {
    CountDownLatch opened = new CountDownLatch(1);
    BackgroundAppender appender = logsTo(opened, LONG);
    logLines(2);
    opened.countDown();
    log.warn("line 2");
    appender.flush(LONG);
    assertEquals(numbered(3), texts(Files.readAllLines(file)));
  }

  @Test
  void what_is_logged_before_the_end_is_written_by_then() throws IOException {
    BackgroundAppender appender = logsTo(new CountDownLatch(0), LONG);
    int lines = BackgroundAppender.EVENTS_MAX;
    logLines(lines);
    appender.flush(LONG);
    assertEquals(numbered(lines), texts(Files.readAllLines(file)));
    logLines(lines);
    context.stop();
    assertEquals(2 * lines, Files.readAllLines(file).size());
  }

  @Test
  void nobody_who_logs_waits_for_a_file_that_hangs_and_what_is_missing_is_told_there()
      throws IOException {
    makePipe();
    try (RandomAccessFile pipe = new RandomAccessFile(file.toFile(), "rw")) { // full, it hangs
      BackgroundAppender appender = logsTo(new CountDownLatch(0), AT_ONCE);
      logLines(MANY);
      appender.flush(AT_ONCE);
      Await.until("it is told", () -> appender.trouble().contains("lines wait"));
      String trouble = appender.trouble();
      assertTrue(trouble.startsWith("one write has hung for "), trouble);
      assertFalse(trouble.endsWith(" 0 are lost"), trouble);

      int next = 0;
      int missing = 0;
      for (int kept = 0; kept + missing < MANY; ) {
        String text = text(String.valueOf(pipe.readLine()));
        if (text.endsWith(" lines are missing here: writing them hung, or failed")) {
          missing += Integer.parseInt(text.split(" ", -1)[0]);
        } else {
          int line = Integer.parseInt(text.replace("line ", ""));
          assertTrue(line >= next, "in order");
          next = line + 1;
          kept++;
        }
      }
      assertTrue(missing > 0, "it hung");
      Await.until("it is over", () -> appender.trouble().isEmpty());
    }
  }

  @Test
  void an_error_takes_one_line_and_not_all_that_come_later() throws IOException {
    BackgroundAppender appender = logsTo(new CountDownLatch(0), LONG);
    appender.flush(ENOUGH);
    log.warn("line 0");
    appender.flush(ENOUGH);
    appender.addAppender(failsOnce());
    log.warn("line 1");
    log.warn("line 2");
    appender.flush(ENOUGH);
    assertEquals(
        List.of(
            "line 0", "line 1", "line 2", "1 lines are missing here: writing them hung, or failed"),
        texts(Files.readAllLines(file)));
    assertEquals("", appender.trouble());
  }

  private static AppenderBase<ILoggingEvent> failsOnce() {
    AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
      private boolean failed;

      @Override
      protected void append(ILoggingEvent event) {
        if (!failed) {
          failed = true;
          throw new NoClassDefFoundError();
        }
      }
    };
    appender.start();
    return appender;
  }

  @Test
  void one_that_cannot_be_opened_is_told_and_nobody_waits_for_it() {
    BackgroundAppender appender = new BackgroundAppender(
        self -> {
          throw new NoClassDefFoundError("Policy");
        },
        LONG);
    appender.setContext(context);
    appender.start();
    log.addAppender(appender);
    logLines(1);
    appender.flush(ENOUGH);
    assertEquals(
        "it cannot be opened (java.lang.NoClassDefFoundError: Policy)", appender.trouble());
  }

  @Test
  void its_end_does_not_wait_for_a_file_that_hangs() throws IOException {
    makePipe(); // to open it hangs as long as nobody reads
    BackgroundAppender appender = logsTo(new CountDownLatch(0), AT_ONCE);
    logLines(1);
    appender.flush(AT_ONCE);
    context.stop();
    assertTrue(appender.trouble().endsWith("1 lines wait, 0 are lost"), appender.trouble());
    new RandomAccessFile(file.toFile(), "rw").close(); // its thread ends
  }
}
