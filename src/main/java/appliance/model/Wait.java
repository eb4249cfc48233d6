package appliance.model;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * What a node that is in no cluster yet waits for.
 *
 * @param what as it follows "waits for"
 * @param remedy what ends the wait, with the command and where to type it; sentences, the last without its stop
 * @param since when it began
 */
public record Wait(String what, String remedy, Instant since) {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
          "yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
      .withZone(ZoneOffset.UTC);

  /** One that begins now. */
  public static Wait beginning(String what, String remedy) {
    return new Wait(what, remedy, Instant.now());
  }

  /** The same wait with what ends it now. */
  public Wait with(String other) {
    return new Wait(what, other, since);
  }

  /** All of it, for an operator; without the last stop. */
  public String words() {
    return "since " + TIME.format(since) + " it waits for " + what + ". " + remedy;
  }
}
