package appliance.files;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Content outside of the heap, which a socket takes without a copy. The collector frees it, some time
 * after its last user; until then it counts, and what exceeds the bound goes on the heap instead.
 */
final class DirectMemory {

  /** Told by the collector that a buffer is gone. */
  private static final class Gone extends PhantomReference<ByteBuffer> {

    private final long bytes;

    private Gone(ByteBuffer buffer, ReferenceQueue<ByteBuffer> queue) {
      super(buffer, queue);
      bytes = buffer.capacity();
    }
  }

  private final long bytesMax;
  private final AtomicLong bytes = new AtomicLong();
  private final ReferenceQueue<ByteBuffer> queue = new ReferenceQueue<>();
  private final Set<Gone> live = ConcurrentHashMap.newKeySet();

  DirectMemory(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** A buffer that holds {@code content}, to be read only. */
  ByteBuffer copy(byte[] content) {
    countGone();
    if (bytes.addAndGet(content.length) > bytesMax) {
      bytes.addAndGet(-content.length);
      return ByteBuffer.wrap(content);
    }
    ByteBuffer buffer = ByteBuffer.allocateDirect(content.length).put(content).flip();
    live.add(new Gone(buffer, queue));
    return buffer;
  }

  private void countGone() {
    for (@Nullable Object gone = queue.poll(); gone != null; gone = queue.poll()) {
      Gone one = (Gone) gone;
      if (live.remove(one)) {
        bytes.addAndGet(-one.bytes);
      }
    }
  }

  long bytes() {
    return bytes.get();
  }
}
