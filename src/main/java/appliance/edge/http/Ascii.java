package appliance.edge.http;

/** Classes of characters, as the RFCs of HTTP and URIs draw them. */
final class Ascii {

  private Ascii() {}

  static boolean letter(int c) {
    int lower = c | 0x20;
    return lower >= 'a' && lower <= 'z';
  }

  static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }

  /** Whether {@code text} is a number without a sign. */
  static boolean digits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!digit(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  static boolean alphanumeric(int c) {
    return letter(c) || digit(c);
  }

  /** The value of a hexadecimal digit, or -1. */
  static int hex(int c) {
    return c >= 0 && c < 128 ? Character.digit(c, 16) : -1;
  }
}
