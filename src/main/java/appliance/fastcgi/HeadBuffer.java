package appliance.fastcgi;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Collects a header block that may come in pieces, up to its empty line. */
final class HeadBuffer {

  private final int bytesMax;
  private byte[] bytes = new byte[1024];
  private int length;
  private int lineBytes;

  HeadBuffer(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  void clear() {
    length = 0;
    lineBytes = 0;
  }

  byte[] array() {
    return bytes;
  }

  int length() {
    return length;
  }

  /**
   * Takes bytes up to the empty line.
   *
   * @return whether that has come
   */
  boolean take(ByteBuffer from) throws InvalidResponse {
    while (from.hasRemaining()) {
      if (length == bytes.length) {
        if (length >= bytesMax) {
          throw new InvalidResponse("a head of more than " + bytesMax + " bytes");
        }
        bytes = Arrays.copyOf(bytes, Math.min(bytesMax, length * 2));
      }
      byte b = from.get();
      bytes[length++] = b;
      if (b == '\n') {
        if (lineBytes == 0) {
          return true;
        }
        lineBytes = 0;
      } else if (b != '\r') {
        lineBytes++;
      }
    }
    return false;
  }
}
