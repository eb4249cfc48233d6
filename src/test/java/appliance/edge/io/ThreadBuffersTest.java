package appliance.edge.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.undertow.connector.PooledByteBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

final class ThreadBuffersTest {

  private final LongAdder inUse = new LongAdder();
  private final ThreadBuffers buffers = new ThreadBuffers(1024, inUse);

  @Test
  void a_thread_gets_the_buffer_that_it_used_last_and_finds_it_empty() {
    PooledByteBuffer first = buffers.allocate();
    ByteBuffer bytes = first.getBuffer();
    bytes.putInt(7).flip();
    first.close();
    PooledByteBuffer second = buffers.allocate();
    assertSame(bytes, second.getBuffer());
    assertEquals(1024, second.getBuffer().remaining());
    assertEquals(0, second.getBuffer().position());
  }

  @Test
  void no_two_in_use_are_the_same() {
    IdentityHashMap<ByteBuffer, Boolean> seen = new IdentityHashMap<>();
    for (int round = 0; round < 3; round++) {
      seen.clear();
      List<PooledByteBuffer> lent = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        lent.add(buffers.allocate());
        seen.put(lent.get(i).getBuffer(), true);
      }
      assertEquals(20, seen.size());
      assertEquals(20, inUse.sum());
      lent.forEach(PooledByteBuffer::close);
      assertEquals(0, inUse.sum());
    }
  }

  @Test
  void one_that_is_given_back_twice_is_counted_and_kept_once() {
    PooledByteBuffer lent = buffers.allocate();
    lent.close();
    lent.close();
    assertEquals(0, inUse.sum());
    assertFalse(lent.isOpen());
    assertNotSame(buffers.allocate().getBuffer(), buffers.allocate().getBuffer());
  }

  @Test
  void one_that_two_threads_give_back_at_once_is_kept_once() throws Exception {
    for (int round = 0; round < 500; round++) {
      PooledByteBuffer lent = buffers.allocate();
      ByteBuffer bytes = lent.getBuffer();
      CyclicBarrier together = new CyclicBarrier(2);
      CompletableFuture<Boolean> there = CompletableFuture.supplyAsync(
          () -> {
            meet(together);
            lent.close();
            return has(bytes);
          },
          task -> new Thread(task).start());
      meet(together);
      lent.close();
      assertTrue(there.join() ^ has(bytes), "one of them has it, in round " + round);
      assertEquals(0, inUse.sum());
    }
  }

  private static void meet(CyclicBarrier together) {
    try {
      together.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether the thread that asks has kept that one for itself. */
  private boolean has(ByteBuffer bytes) {
    List<PooledByteBuffer> lent = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      lent.add(buffers.allocate());
    }
    boolean has = lent.stream().anyMatch(each -> each.getBuffer() == bytes);
    lent.forEach(PooledByteBuffer::close);
    return has;
  }

  @Test
  void one_that_was_given_back_is_not_to_be_had_any_more() {
    PooledByteBuffer lent = buffers.allocate();
    lent.close();
    assertThrows(IllegalStateException.class, lent::getBuffer);
  }

  @Test
  void one_that_another_thread_gives_back_is_that_threads_next() {
    PooledByteBuffer lent = buffers.allocate();
    ByteBuffer bytes = lent.getBuffer();
    ByteBuffer there = CompletableFuture.supplyAsync(
            () -> {
              lent.close();
              return buffers.allocate().getBuffer();
            },
            task -> new Thread(task).start())
        .join();
    assertSame(bytes, there);
    assertNotSame(bytes, buffers.allocate().getBuffer());
  }
}
