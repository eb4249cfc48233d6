package appliance.edge.log;

import appliance.edge.log.AccessEntry.Answer;
import appliance.edge.log.AccessEntry.Asked;
import appliance.edge.log.AccessEntry.Timing;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** One JSON object a line; what there is not is left out. */
final class JsonFormat implements LineFormat {

  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.", Locale.ROOT).withZone(ZoneOffset.UTC);

  private long second = Long.MIN_VALUE;
  private String time = "";

  @Override
  public void write(AccessEntry entry, Line line) {
    Asked asked = entry.asked();
    Answer answer = entry.answer();
    time(entry.timing().endMillis(), line.put("{\"time\":\""));
    text(line, "client", asked.client());
    text(line, "method", asked.method());
    text(line, "path", asked.path());
    text(line, "query", asked.query());
    text(line, "protocol", asked.protocol());
    text(line, "host", entry.header().host());
    text(line, "referer", entry.header().referer());
    text(line, "agent", entry.header().agent());
    line.put(",\"status\":").put(answer.status()).put(",\"bytes\":").put(answer.bytes());
    text(line, "site", answer.site());
    text(line, "upstream", answer.upstream());
    text(line, "application", answer.application());
    text(line, "cache", answer.cache());
    text(line, "broken", answer.broken());
    times(entry.timing(), line);
    text(line, "id", entry.id());
    text(line, "tls", entry.tls());
    line.put("}\n");
  }

  private static void text(Line line, String name, String value) {
    if (!value.isEmpty()) {
      line.put(",\"").put(name).put("\":\"").json(value).put('"');
    }
  }

  private static void times(Timing timing, Line line) {
    line.put(",\"seconds\":").seconds(timing.totalNanos());
    if (timing.connectNanos() >= 0) {
      line.put(",\"connectSeconds\":").seconds(timing.connectNanos());
    }
    if (timing.firstByteNanos() >= 0) {
      line.put(",\"firstByteSeconds\":").seconds(timing.firstByteNanos());
    }
  }

  private void time(long millis, Line line) {
    long now = Math.floorDiv(millis, 1000);
    if (now != second) {
      second = now;
      time = SECONDS.format(Instant.ofEpochSecond(now));
    }
    long rest = millis - now * 1000;
    line.put(time).put((char) ('0' + rest / 100)).put((char) ('0' + rest / 10 % 10));
    line.put((char) ('0' + rest % 10)).put("Z\"");
  }
}
