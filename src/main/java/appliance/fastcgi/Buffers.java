package appliance.fastcgi;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Direct buffers that are kept for the next one who needs one. Any thread. */
final class Buffers {

  private static final int BYTES = 64 * 1024;
  private static final int KEPT_MAX = 32;

  private final BlockingQueue<ByteBuffer> kept = new ArrayBlockingQueue<>(KEPT_MAX);

  ByteBuffer take() {
    ByteBuffer buffer = kept.poll();
    return buffer == null ? ByteBuffer.allocateDirect(BYTES) : buffer.clear();
  }

  /** The giver must not touch it again. */
  void give(ByteBuffer buffer) {
    if (!kept.offer(buffer)) {
      buffer.clear();
    }
  }
}
