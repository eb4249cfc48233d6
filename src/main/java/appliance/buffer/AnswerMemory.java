package appliance.buffer;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.DefaultByteBufferPool;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What answers may hold all together, and one of them at the moment: the less is free, the less each may have, so
 * that a client with many answers leaves some for others (dynamic thresholds: Choudhury and Hahne, IEEE/ACM
 * Transactions on Networking 6(2), 1998). Any thread.
 */
public final class AnswerMemory {

  /** Of one answer. */
  public static final int ANSWER_BYTES_MAX = 1024 * 1024;

  /** Of what is free, for one answer: this part of it. */
  private static final int FREE_PARTS = 16;

  /** Of the memory that the JVM may use beside its heap, which is as much as the heap. */
  private static final int HEAP_PARTS = 16;

  private static final int CHUNK_BYTES = 32 * 1024;
  private static final int CHUNKS_KEPT = 64;

  private final ByteBufferPool chunks;
  private final long bytesMax;
  private final AtomicLong all;
  private final AtomicLong own = new AtomicLong();

  /**
   * @param chunks where the memory comes from
   * @param bytesMax of all answers; one chunk of each is not counted against it
   */
  public AnswerMemory(ByteBufferPool chunks, long bytesMax) {
    this(chunks, bytesMax, new AtomicLong());
  }

  private AnswerMemory(ByteBufferPool chunks, long bytesMax, AtomicLong all) {
    this.chunks = chunks;
    this.bytesMax = bytesMax;
    this.all = all;
  }

  /** The same memory, for some of those who share it: what they hold is counted for them as well. */
  public AnswerMemory part() {
    return new AnswerMemory(chunks, bytesMax, all);
  }

  /** With a sixteenth of what this JVM may use beside its heap, from {@code chunks}. */
  public static AnswerMemory of(ByteBufferPool chunks) {
    return new AnswerMemory(chunks, Runtime.getRuntime().maxMemory() / HEAP_PARTS);
  }

  /** The same from a pool of its own. */
  public static AnswerMemory own() {
    return of(new DefaultByteBufferPool(true, CHUNK_BYTES, CHUNKS_KEPT, 0));
  }

  /** How much is held now, by those who have it from here. */
  public long bytes() {
    return own.get();
  }

  /** How much one answer may hold now. */
  long allowance() {
    return Math.min(ANSWER_BYTES_MAX, (bytesMax - all.get()) / FREE_PARTS);
  }

  int chunkBytes() {
    return chunks.getBufferSize();
  }

  PooledByteBuffer take() {
    PooledByteBuffer chunk = chunks.allocate();
    count(chunkBytes());
    return chunk;
  }

  void give(PooledByteBuffer chunk) {
    count(-chunkBytes());
    chunk.close();
  }

  private void count(int more) {
    all.addAndGet(more);
    own.addAndGet(more);
  }
}
