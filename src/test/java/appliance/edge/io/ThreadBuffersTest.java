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
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class ThreadBuffersTest {

  private final LongAdder inUse = new LongAdder();
  private final ThreadBuffers buffers = new ThreadBuffers(1024, inUse);

  @Test
  void aThreadGetsTheBufferThatItUsedLastAndFindsItEmpty() {
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
  void noTwoInUseAreTheSame() {
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
  void oneThatIsGivenBackTwiceIsCountedAndKeptOnce() {
    PooledByteBuffer lent = buffers.allocate();
    lent.close();
    lent.close();
    assertEquals(0, inUse.sum());
    assertFalse(lent.isOpen());
    assertNotSame(buffers.allocate().getBuffer(), buffers.allocate().getBuffer());
  }

  @Test
  void oneThatWasGivenBackIsNotToBeHadAnyMore() {
    PooledByteBuffer lent = buffers.allocate();
    lent.close();
    assertThrows(IllegalStateException.class, lent::getBuffer);
  }

  @Test
  void oneThatAnotherThreadGivesBackIsThatThreadsNext() {
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
