package appliance.buffer;

import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What is held of one answer, in its order. Takes all that is put into it: whoever reads from the application looks
 * at {@link #full} before it reads on. Used by one thread.
 */
public final class AnswerBuffer {

  private static final int CHUNKS_USUALLY = 1;

  private final AnswerMemory memory;

  /** Each from its position to its limit; behind the limit of the last one there may be room. */
  private final Deque<PooledByteBuffer> chunks = new ArrayDeque<>(CHUNKS_USUALLY);

  public AnswerBuffer(AnswerMemory memory) {
    this.memory = memory;
  }

  public boolean isEmpty() {
    return chunks.isEmpty();
  }

  /** Whether nothing more is to be read for it. */
  public boolean full() {
    return !chunks.isEmpty() && held() >= memory.allowance();
  }

  /** Whether so much has gone out of a full one that reading on is worth while. */
  public boolean low() {
    return chunks.isEmpty() || held() <= memory.allowance() / 2;
  }

  private long held() {
    return (long) chunks.size() * memory.chunkBytes();
  }

  /**
   * Writes what {@code client} takes of {@code bytes}, before any are held; the rest is to be {@link #put}.
   *
   * <p>In pieces that fit into a chunk: Undertow announces what it is given as one chunk of HTTP/1.1, and ends that chunk
   * behind whatever it is given next, even if that is less than the rest of the piece.
   */
  public void pass(ByteBuffer bytes, WritableByteChannel client) throws IOException {
    int end = bytes.limit();
    while (bytes.position() < end) {
      bytes.limit(Math.min(end, bytes.position() + memory.chunkBytes()));
      while (bytes.hasRemaining() && client.write(bytes) > 0) {
        // it takes more
      }
      boolean refused = bytes.hasRemaining();
      bytes.limit(end);
      if (refused) {
        return;
      }
    }
  }

  /** Copies all of {@code bytes}. */
  public void put(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      append(bytes, roomy());
    }
  }

  private ByteBuffer roomy() {
    PooledByteBuffer last = chunks.peekLast();
    if (last == null || last.getBuffer().limit() == last.getBuffer().capacity()) {
      last = memory.take();
      last.getBuffer().clear().limit(0);
      chunks.addLast(last);
    }
    return last.getBuffer();
  }

  private static void append(ByteBuffer from, ByteBuffer to) {
    int at = to.limit();
    int length = Math.min(from.remaining(), to.capacity() - at);
    to.limit(at + length);
    to.put(at, from, from.position(), length);
    from.position(from.position() + length);
  }

  /**
   * Writes as much as {@code client} takes.
   *
   * @return whether that was anything
   */
  public boolean drainTo(WritableByteChannel client) throws IOException {
    boolean moved = false;
    for (PooledByteBuffer first = chunks.peekFirst(); first != null; first = chunks.peekFirst()) {
      ByteBuffer bytes = first.getBuffer();
      moved |= bytes.hasRemaining() && client.write(bytes) > 0;
      if (bytes.hasRemaining()) {
        return moved;
      }
      memory.give(chunks.removeFirst());
    }
    return moved;
  }

  /** Gives up what is held; may be called again. */
  public void clear() {
    chunks.forEach(memory::give);
    chunks.clear();
  }
}
