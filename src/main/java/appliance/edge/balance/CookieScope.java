package appliance.edge.balance;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * To whom a browser shows a cookie, by the attributes of RFC 6265: a cookie of ours has those of the application's
 * that it belongs to, so that both come together or not at all. Kept in the cookie's own value, as a browser
 * sends no attributes back and the application sets its cookie but once.
 *
 * @param sameSite N(one), L(ax) or S(trict), or empty if it is not said
 * @param domain empty: this host alone
 */
record CookieScope(boolean secure, String sameSite, String domain, String path) {

  /** Without a word about it. */
  static final CookieScope PLAIN = new CookieScope(false, "", "", "/");

  /** From other sites' pages, too, which browsers allow over TLS only. */
  static final CookieScope ANYWHERE = new CookieScope(true, "N", "", "/");

  private static final int CHARS_MAX = 300;
  private static final Pattern ATTRIBUTE = Pattern.compile(";([^=;]*)(?:=([^;]*))?");
  private static final Pattern DOMAIN = Pattern.compile("\\.?[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*");
  private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9._~%/-]*");
  private static final Pattern CODE = Pattern.compile("(T?)([NLS]?)(?:@([^/]*))?(/.*)?");

  /** That of a {@code Set-Cookie} line; what is said in other letters than usual counts as not said. */
  static CookieScope of(String line) {
    CookieScope scope = PLAIN;
    Matcher attribute = ATTRIBUTE.matcher(line);
    while (attribute.find()) {
      String value = attribute.group(2) == null ? "" : attribute.group(2).strip();
      scope = scope.with(attribute.group(1).strip().toLowerCase(Locale.ROOT), value);
    }
    return scope;
  }

  CookieScope securedIf(boolean now) {
    return new CookieScope(secure || now, sameSite, domain, path);
  }

  private CookieScope with(String name, String value) {
    return switch (name) {
      case "secure" -> new CookieScope(true, sameSite, domain, path);
      case "samesite" -> new CookieScope(secure, initial(value), domain, path);
      case "domain" -> new CookieScope(secure, sameSite, matching(DOMAIN, value, ""), path);
      case "path" -> new CookieScope(secure, sameSite, domain, matching(PATH, value, "/"));
      default -> this;
    };
  }

  private static String initial(String sameSite) {
    return switch (sameSite.toLowerCase(Locale.ROOT)) {
      case "none" -> "N";
      case "lax" -> "L";
      case "strict" -> "S";
      default -> "";
    };
  }

  private static String matching(Pattern pattern, String value, String otherwise) {
    return value.length() <= CHARS_MAX && pattern.matcher(value).matches() ? value : otherwise;
  }

  /** What a cookie's value says of it, by {@link #code}; null if it is nothing of ours. */
  static @Nullable CookieScope decoded(String code) {
    Matcher found = CODE.matcher(code);
    if (code.length() > 2 * CHARS_MAX || !found.matches()) {
      return null;
    }
    String domain = found.group(3) == null ? "" : found.group(3);
    String path = found.group(4) == null ? "/" : found.group(4);
    boolean sound = (domain.isEmpty() || DOMAIN.matcher(domain).matches())
        && PATH.matcher(path).matches();
    return sound ? new CookieScope(!found.group(1).isEmpty(), found.group(2), domain, path) : null;
  }

  /** All of it in letters that a cookie's value may have; empty if there is nothing to say. */
  String code() {
    return (secure ? "T" : "")
        + sameSite
        + (domain.isEmpty() ? "" : "@" + domain)
        + (path.equals("/") ? "" : path);
  }

  /** The attributes, as they follow a cookie's value. */
  String attributes() {
    String word = switch (sameSite) {
      case "N" -> "; SameSite=None";
      case "L" -> "; SameSite=Lax";
      case "S" -> "; SameSite=Strict";
      default -> "";
    };
    return "; Path=" + path
        + (domain.isEmpty() ? "" : "; Domain=" + domain)
        + "; HttpOnly"
        + word
        + (secure ? "; Secure" : "");
  }
}
