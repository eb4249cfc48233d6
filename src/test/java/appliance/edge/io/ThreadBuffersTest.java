package appliance.edge.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.undertow.connector.PooledByteBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
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

  /** They run through the same ones side by side, and meet at some of them. */
  @Test
  void ones_that_two_threads_give_back_at_once_are_given_back_once() {
    ThreadBuffers small = new ThreadBuffers(16, inUse);
    for (int round = 0; round < 50; round++) {
      List<PooledByteBuffer> lent =
          Stream.generate(small::allocate).limit(4_000).toList();
      CountDownLatch together = new CountDownLatch(2);
      CompletableFuture<Void> there = CompletableFuture.runAsync(() -> closeAll(lent, together));
      closeAll(lent, together);
      there.join();
      assertEquals(0, inUse.sum());
    }
  }

  private static void closeAll(List<PooledByteBuffer> lent, CountDownLatch together) {
    together.countDown();
    while (together.getCount() > 0) {
      Thread.onSpinWait();
    }
    lent.forEach(PooledByteBuffer::close);
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
