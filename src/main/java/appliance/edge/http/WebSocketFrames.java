package appliance.edge.http;

import java.nio.ByteBuffer;

/**
 * Follows the frames of RFC 6455 in one direction, without looking into them, to know where a frame of
 * our own may stand.
 */
public final class WebSocketFrames {

  private static final byte[] GOING_AWAY = {(byte) 0x88, 2, 0x03, (byte) 0xe9};

  private int headLeft = 2;
  private int headSeen;
  private int lengthLeft;
  private long payloadLeft;

  /** A close frame that says 1001, going away, as a server sends it. */
  public static ByteBuffer goingAway() {
    return ByteBuffer.wrap(GOING_AWAY).asReadOnlyBuffer();
  }

  /** Whether the last frame was seen to its end. */
  public boolean atBoundary() {
    return headSeen == 0;
  }

  /** Takes note of bytes that pass. */
  public void pass(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      if (headLeft > 0) {
        head(bytes.get());
      } else {
        int skipped = (int) Math.min(payloadLeft, bytes.remaining());
        bytes.position(bytes.position() + skipped);
        payloadLeft -= skipped;
      }
      if (headLeft == 0 && payloadLeft == 0) {
        headLeft = 2;
        headSeen = 0;
      }
    }
  }

  private void head(byte b) {
    headSeen++;
    headLeft--;
    if (headSeen == 2) {
      int length = b & 0x7f;
      int extended = length == 127 ? 8 : (length == 126 ? 2 : 0);
      payloadLeft = extended == 0 ? length : 0;
      lengthLeft = extended;
      headLeft = extended + (b < 0 ? 4 : 0);
    } else if (headSeen > 2 && lengthLeft > 0) {
      lengthLeft--;
      payloadLeft = ((payloadLeft << 8) | (b & 0xff)) & Long.MAX_VALUE;
    }
  }
}
