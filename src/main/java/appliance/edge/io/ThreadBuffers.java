package appliance.edge.io;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.DefaultByteBufferPool;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Buffers of one size outside the heap. Each thread keeps the few that it used last, for itself and without a
 * lock: Undertow's own pool has one map of all threads, which it locks twice for each buffer. How many are in
 * use is counted: one that is never given back shows.
 */
public final class ThreadBuffers implements ByteBufferPool {

  /** Of one thread. */
  private static final int KEPT_MAX = 4;

  /** Of all threads together, behind what each keeps for itself. */
  private static final int SHARED_MAX = 256;

  private final ByteBufferPool shared;
  private final LongAdder inUse;

  @SuppressWarnings("ThreadLocalUsage") // of each edge there are two, and both live as long as it
  private final ThreadLocal<ArrayDeque<PooledByteBuffer>> kept =
      ThreadLocal.withInitial(() -> new ArrayDeque<>(KEPT_MAX));

  /**
   * @param bytes of each buffer
   * @param inUse goes up with each buffer that is taken, and down when it is given back
   */
  public ThreadBuffers(int bytes, LongAdder inUse) {
    shared = new DefaultByteBufferPool(true, bytes, SHARED_MAX, 0);
    this.inUse = inUse;
  }

  @Override
  public PooledByteBuffer allocate() {
    inUse.increment();
    PooledByteBuffer buffer = kept.get().pollLast();
    return new Lent(buffer == null ? shared.allocate() : buffer);
  }

  private void giveBack(PooledByteBuffer buffer) {
    inUse.decrement();
    ArrayDeque<PooledByteBuffer> mine = kept.get();
    if (mine.size() < KEPT_MAX) {
      buffer.getBuffer().clear();
      mine.addLast(buffer);
    } else {
      buffer.close();
    }
  }

  private final class Lent implements PooledByteBuffer {

    private final AtomicReference<@Nullable PooledByteBuffer> buffer;

    Lent(PooledByteBuffer buffer) {
      this.buffer = new AtomicReference<>(buffer);
    }

    @Override
    public ByteBuffer getBuffer() {
      PooledByteBuffer lent = buffer.get();
      if (lent == null) {
        throw new IllegalStateException("the buffer was given back");
      }
      return lent.getBuffer();
    }

    /**
     * May be called again, and by two threads at once, as Undertow does when an HTTP/2 stream breaks while it is
     * written: given back twice, the buffer would be lent to two requests.
     */
    @Override
    public void close() {
      PooledByteBuffer lent = buffer.getAndSet(null);
      if (lent != null) {
        giveBack(lent);
      }
    }

    @Override
    public boolean isOpen() {
      return buffer.get() != null;
    }
  }

  @Override
  public ByteBufferPool getArrayBackedPool() {
    return shared.getArrayBackedPool();
  }

  @Override
  public int getBufferSize() {
    return shared.getBufferSize();
  }

  @Override
  public boolean isDirect() {
    return shared.isDirect();
  }

  @Override
  public void close() {
    shared.close();
  }
}
