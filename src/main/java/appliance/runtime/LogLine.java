package appliance.runtime;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the pattern in conf/logback.xml describes:
 * {@code 2026-11-25T18:40:43.323Z INFO  main         Cluster - text}, and twelve frames of an exception.
 * Runs on the thread that logs, one at a time.
 */
final class LogLine extends EncoderBase<ILoggingEvent> {

  private static final int LEVEL_CHARS = 5;
  private static final int THREAD_CHARS = 12;
  private static final String FRAMES_MAX = "12";

  private final ZoneId zone = ZoneId.systemDefault();
  private @Nullable ThrowableProxyConverter throwables;

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(160);
    time(line, OffsetDateTime.ofInstant(Instant.ofEpochMilli(event.getTimeStamp()), zone));
    padded(line.append(' '), event.getLevel().toString(), LEVEL_CHARS);
    padded(line.append(' '), event.getThreadName(), THREAD_CHARS);
    String logger = event.getLoggerName();
    line.append(' ').append(logger, logger.lastIndexOf('.') + 1, logger.length());
    line.append(" - ").append(event.getFormattedMessage()).append('\n');
    if (event.getThrowableProxy() != null) {
      line.append(throwables().convert(event));
    }
    return line.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** yyyy-MM-dd'T'HH:mm:ss.SSSXXX, by hand: a DateTimeFormatter would lengthen each start. */
  private static void time(StringBuilder line, OffsetDateTime time) {
    digits(line, time.getYear(), 4);
    digits(line.append('-'), time.getMonthValue(), 2);
    digits(line.append('-'), time.getDayOfMonth(), 2);
    digits(line.append('T'), time.getHour(), 2);
    digits(line.append(':'), time.getMinute(), 2);
    digits(line.append(':'), time.getSecond(), 2);
    digits(line.append('.'), time.getNano() / 1_000_000, 3);
    line.append(time.getOffset().getId());
  }

  private static void digits(StringBuilder line, int value, int width) {
    String digits = Integer.toString(value);
    line.append("0".repeat(Math.max(0, width - digits.length()))).append(digits);
  }

  private static void padded(StringBuilder line, String text, int width) {
    line.append(text).append(" ".repeat(Math.max(0, width - text.length())));
  }

  /** Made when first needed: most starts log no exception. */
  private ThrowableProxyConverter throwables() {
    ThrowableProxyConverter made = throwables;
    if (made == null) {
      made = new ThrowableProxyConverter();
      made.setOptionList(List.of(FRAMES_MAX));
      made.setContext(getContext());
      made.start();
      throwables = made;
    }
    return made;
  }
}
