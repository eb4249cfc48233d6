package appliance.edge.balance;

import org.jspecify.annotations.Nullable;

/**
 * What our cookie holds: the token of the application that its client stays with, and how the cookie was set.
 * Of the second nothing is signed: it comes back to whoever says it.
 */
record Stay(String token, CookieScope scope) {

  private static final char SCOPE_FOLLOWS = '.';

  /** Reads a cookie's value; null if it cannot be one of ours. */
  static @Nullable Stay of(@Nullable String value) {
    if (value == null || value.length() < StickyTokens.CHARS) {
      return null;
    }
    String rest = value.substring(StickyTokens.CHARS);
    boolean plain = rest.isEmpty();
    if (!plain && rest.charAt(0) != SCOPE_FOLLOWS) {
      return null;
    }
    CookieScope scope = plain ? CookieScope.PLAIN : CookieScope.decoded(rest.substring(1));
    return scope == null ? null : new Stay(value.substring(0, StickyTokens.CHARS), scope);
  }

  String value() {
    String code = scope.code();
    return code.isEmpty() ? token : token + SCOPE_FOLLOWS + code;
  }
}
