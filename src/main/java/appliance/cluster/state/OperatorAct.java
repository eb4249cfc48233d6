package appliance.cluster.state;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What an operator has done to the cluster, for the record.
 *
 * @param atMillis when, in milliseconds since 1970, by the clock of the node that was asked
 * @param what in words: "removed", "promoted web2 by force"
 * @param by through which node and from where
 */
public record OperatorAct(long atMillis, String what, String by) {

  static final int BYTES_MAX = 255;

  private static final long RECENT_MILLIS = Duration.ofDays(7).toMillis();

  public OperatorAct {
    what = shortened(what);
    by = shortened(by);
  }

  /** An act now, asked for on the node named {@code node} by {@code source}. */
  public static OperatorAct now(String what, String node, String source) {
    return new OperatorAct(
        System.currentTimeMillis(),
        what,
        "on " + node + (source.isEmpty() ? "" : " from " + source));
  }

  /** Whether the status still warns of it. */
  boolean isRecent() {
    return System.currentTimeMillis() - atMillis < RECENT_MILLIS;
  }

  /** {@code removed on web1 from 127.0.0.1 at 2026-03-01T12:00:00Z}. */
  public String text() {
    return what + " " + by + " at "
        + Instant.ofEpochMilli(atMillis).truncatedTo(ChronoUnit.SECONDS);
  }

  /** Names are at most 63 characters; a source may be anything. */
  private static String shortened(String text) {
    String plain = text.replaceAll("[^ -~]", "?");
    return plain.length() > BYTES_MAX ? plain.substring(0, BYTES_MAX) : plain;
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(atMillis);
    Wire.text(out, what, BYTES_MAX);
    Wire.text(out, by, BYTES_MAX);
  }

  static OperatorAct read(DataInput in) throws IOException {
    return new OperatorAct(in.readLong(), Wire.text(in, BYTES_MAX), Wire.text(in, BYTES_MAX));
  }
}
