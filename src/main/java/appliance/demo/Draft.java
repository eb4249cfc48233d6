package appliance.demo;

import java.util.Optional;

/**
 * What a visitor wants to leave, cleaned: no control characters, no more than fits.
 *
 * @param picture the name of its file in the media folder
 */
record Draft(String author, String message, Optional<String> picture) {

  static final int AUTHOR_LENGTH_MAX = 60;
  static final int MESSAGE_LENGTH_MAX = 1000;
  private static final String NAMELESS = "Someone";

  Draft {
    author = clean(author, AUTHOR_LENGTH_MAX).replace('\n', ' ');
    author = author.isEmpty() ? NAMELESS : author;
    message = clean(message, MESSAGE_LENGTH_MAX);
  }

  boolean isEmpty() {
    return message.isEmpty() && picture.isEmpty();
  }

  /** Cuts by code points, so that no half of a surrogate pair reaches the database. */
  private static String clean(String text, int lengthMax) {
    StringBuilder cleaned = new StringBuilder();
    text.strip()
        .codePoints()
        .filter(c -> c == '\n' || !(Character.isISOControl(c) || isHalf(c)))
        .limit(lengthMax)
        .forEach(cleaned::appendCodePoint);
    return cleaned.toString();
  }

  private static boolean isHalf(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }
}
