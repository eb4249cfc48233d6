package appliance.edge.log;

import appliance.edge.log.AccessEntry.Answer;
import appliance.edge.log.AccessEntry.Asked;
import appliance.edge.log.AccessEntry.Header;
import appliance.edge.log.AccessEntry.Timing;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The combined format of Apache and nginx, and behind it what an edge knows besides. */
final class CombinedFormat implements LineFormat {

  private final DateTimeFormatter seconds;
  private long second = Long.MIN_VALUE;
  private String time = "";

  CombinedFormat(ZoneId zone) {
    seconds =
        DateTimeFormatter.ofPattern("'['dd/MMM/yyyy:HH:mm:ss Z']'", Locale.ROOT).withZone(zone);
  }

  @Override
  public void write(AccessEntry entry, Line line) {
    Asked asked = entry.asked();
    Answer answer = entry.answer();
    Header header = entry.header();
    line.escaped(asked.client())
        .put(" - - ")
        .put(time(entry.timing().endMillis()))
        .put(" \"");
    request(asked, line);
    line.put("\" ").put(answer.status()).put(' ');
    line.put(answer.bytes()).put(" \"").escaped(orDash(header.referer())).put("\" \"");
    line.escaped(orDash(header.agent())).put("\" host=\"").escaped(header.host());
    line.put("\" site=\"").escaped(answer.site());
    line.put("\" upstream=\"").escaped(orDash(answer.upstream())).put('"');
    times(entry.timing(), line);
    line.put(" cache=").put(orDash(answer.cache())).put(" id=").put(orDash(entry.id()));
    line.put(" tls=").escaped(orDash(entry.tls()));
    if (!answer.application().isEmpty()) {
      line.put(" application=\"").escaped(answer.application()).put('"');
    }
    if (!answer.broken().isEmpty()) {
      line.put(" broken=").put(answer.broken());
    }
    line.put('\n');
  }

  private static void request(Asked asked, Line line) {
    if (asked.method().isEmpty()) {
      line.put('-');
      return;
    }
    line.escaped(asked.method()).put(' ').escaped(asked.path());
    if (!asked.query().isEmpty()) {
      line.put('?').escaped(asked.query());
    }
    line.put(' ').escaped(asked.protocol());
  }

  private static void times(Timing timing, Line line) {
    line.put(" time=").seconds(timing.totalNanos());
    orDash(line.put(" connect="), timing.connectNanos());
    orDash(line.put(" first="), timing.firstByteNanos());
  }

  private static void orDash(Line line, long nanos) {
    if (nanos < 0) {
      line.put('-');
    } else {
      line.seconds(nanos);
    }
  }

  private static String orDash(String text) {
    return text.isEmpty() ? "-" : text;
  }

  private String time(long millis) {
    long now = Math.floorDiv(millis, 1000);
    if (now != second) {
      second = now;
      time = seconds.format(Instant.ofEpochSecond(now));
    }
    return time;
  }
}
