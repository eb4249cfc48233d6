package appliance.edge.io;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;

/** A pool that tells how many of its buffers are in use: one that is never given back shows. */
public final class CountedBuffers implements ByteBufferPool {

  private final ByteBufferPool pool;
  private final LongAdder inUse;

  /**
   * @param inUse goes up with each buffer that is taken, and down when it is given back
   */
  public CountedBuffers(ByteBufferPool pool, LongAdder inUse) {
    this.pool = pool;
    this.inUse = inUse;
  }

  @Override
  public PooledByteBuffer allocate() {
    inUse.increment();
    return new Counted(pool.allocate(), inUse);
  }

  private static final class Counted implements PooledByteBuffer {

    private final PooledByteBuffer buffer;
    private final LongAdder inUse;

    Counted(PooledByteBuffer buffer, LongAdder inUse) {
      this.buffer = buffer;
      this.inUse = inUse;
    }

    @Override
    public ByteBuffer getBuffer() {
      return buffer.getBuffer();
    }

    /** May be called again, like the pool's own; never by two threads at once. */
    @Override
    public void close() {
      if (buffer.isOpen()) {
        buffer.close();
        inUse.decrement();
      }
    }

    @Override
    public boolean isOpen() {
      return buffer.isOpen();
    }
  }

  @Override
  public ByteBufferPool getArrayBackedPool() {
    return pool.getArrayBackedPool();
  }

  @Override
  public int getBufferSize() {
    return pool.getBufferSize();
  }

  @Override
  public boolean isDirect() {
    return pool.isDirect();
  }

  @Override
  public void close() {
    pool.close();
  }
}
