package appliance.edge.balance;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** For how long a browser keeps a cookie. */
final class CookieLife {

  /** Numbers and dates (RFC 6265, section 4.1.1), old forms of them too, and nothing else. */
  private static final Pattern ATTRIBUTE = Pattern.compile(
      ";\\s*((?:max-age|expires)=[A-Za-z0-9 ,:+-]{1,40}?)\\s*(?=;|$)", Pattern.CASE_INSENSITIVE);

  private CookieLife() {}

  /** The attributes of a {@code Set-Cookie} line that say so, as they follow a cookie's value; or empty. */
  static String of(String line) {
    StringBuilder life = new StringBuilder();
    Matcher found = ATTRIBUTE.matcher(line);
    while (found.find()) {
      life.append("; ").append(found.group(1));
    }
    return life.toString();
  }
}
