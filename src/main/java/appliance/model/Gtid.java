package appliance.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * MariaDB's global transaction id, written {@code domain-server-sequence}.
 *
 * @param domain unsigned 32 bits
 * @param server the server that first committed it, unsigned 32 bits
 * @param sequence rises within a domain
 */
public record Gtid(long domain, long server, long sequence) {

  private static final Pattern TEXT = Pattern.compile("(\\d{1,10})-(\\d{1,10})-(\\d{1,19})");

  /**
   * Reads {@code domain-server-sequence}.
   *
   * @throws IllegalArgumentException if {@code text} is anything else
   */
  public static Gtid parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a GTID: '" + text + "'");
    }
    return new Gtid(
        Long.parseLong(matcher.group(1)),
        Long.parseLong(matcher.group(2)),
        Long.parseLong(matcher.group(3)));
  }

  @Override
  public String toString() {
    return domain + "-" + server + "-" + sequence;
  }
}
