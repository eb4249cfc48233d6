package appliance.edge.log;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Bytes that lines are put together in. Texts come from strangers: whatever could end a field or a line
 * is escaped, and a long one is cut.
 */
final class Line {

  static final int TEXT_CHARS_MAX = 4096;

  private static final byte[] HEX =
      "0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  private byte[] bytes;
  private int length;

  Line(int capacity) {
    bytes = new byte[capacity];
  }

  int length() {
    return length;
  }

  /** What has been put here since the last call, valid till the next put. */
  ByteBuffer take() {
    ByteBuffer all = ByteBuffer.wrap(bytes, 0, length);
    length = 0;
    return all;
  }

  private void room(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }

  Line put(char c) {
    room(1);
    bytes[length++] = (byte) c;
    return this;
  }

  /** A text of our own: ASCII without anything to escape. */
  @SuppressWarnings("deprecation") // the only way to copy ASCII without an array in between
  Line put(String ascii) {
    int count = ascii.length();
    room(count);
    ascii.getBytes(0, count, bytes, length);
    length += count;
    return this;
  }

  Line put(long number) {
    if (number < 0 || number > 999_999_999) {
      return put(Long.toString(number));
    }
    room(9);
    int digits = 1;
    for (long left = number; left >= 10; left /= 10) {
      digits++;
    }
    long left = number;
    for (int i = length + digits - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + left % 10);
      left /= 10;
    }
    length += digits;
    return this;
  }

  /** Seconds with three digits behind the point. */
  Line seconds(long nanos) {
    long millis = nanos / 1_000_000;
    put(millis / 1000).put('.');
    return put((char) ('0' + millis / 100 % 10))
        .put((char) ('0' + millis / 10 % 10))
        .put((char) ('0' + millis % 10));
  }

  /** As nginx and Apache write it: what is no plain ASCII becomes {@code \x0a}. */
  Line escaped(String text) {
    return escaped(text, "\\x");
  }

  /** As JSON has it. */
  Line json(String text) {
    return escaped(text, "\\u00");
  }

  private Line escaped(String text, String prefix) {
    int count = Math.min(text.length(), TEXT_CHARS_MAX);
    room(count * 6);
    int at = length;
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c < 127 && c != '"' && c != '\\') {
        bytes[at++] = (byte) c;
      } else {
        length = at;
        // Undertow reads bytes as Latin-1, so there is none above.
        put(prefix).put((char) HEX[c >> 4 & 15]).put((char) HEX[c & 15]);
        at = length;
      }
    }
    length = at;
    return this;
  }
}
