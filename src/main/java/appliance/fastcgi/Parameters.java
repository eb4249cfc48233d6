package appliance.fastcgi;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Name-value pairs in the coding of the FastCGI specification 1.0, section 3.4, in one growing array
 * that is used again and again.
 */
final class Parameters {

  private static final int SHORT_MAX = 127;

  private byte[] bytes = new byte[4096];
  private int length;

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  void clear() {
    length = 0;
  }

  int length() {
    return length;
  }

  /** The array itself; only its first {@link #length} bytes count. */
  byte[] array() {
    return bytes;
  }

  /** Adds pairs that are coded already. */
  void add(Parameters pairs) {
    reserve(pairs.length);
    System.arraycopy(pairs.bytes, 0, bytes, length, pairs.length);
    length += pairs.length;
  }

  void add(byte[] name, byte[] value) {
    reserve(name.length + value.length + 8);
    size(name.length);
    size(value.length);
    append(name);
    append(value);
  }

  /** Adds a value as it came over the wire, each char one byte. */
  void add(byte[] name, String value) {
    int size = value.length();
    reserve(name.length + size + 8);
    size(name.length);
    size(size);
    append(name);
    for (int i = 0; i < size; i++) {
      bytes[length++] = (byte) value.charAt(i);
    }
  }

  /** Adds a value that had been decoded, as UTF-8. */
  void addText(String name, String value) {
    add(ascii(name), value.getBytes(StandardCharsets.UTF_8));
  }

  private void append(byte[] some) {
    System.arraycopy(some, 0, bytes, length, some.length);
    length += some.length;
  }

  private void size(int n) {
    if (n <= SHORT_MAX) {
      bytes[length++] = (byte) n;
    } else {
      bytes[length++] = (byte) ((n >> 24) | 0x80);
      bytes[length++] = (byte) (n >> 16);
      bytes[length++] = (byte) (n >> 8);
      bytes[length++] = (byte) n;
    }
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
