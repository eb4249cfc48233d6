package appliance.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DirectMemoryTest {

  private final DirectMemory memory = new DirectMemory(1000);

  @Test
  void beyond_the_bound_content_goes_on_the_heap_until_some_is_collected() throws Exception {
    List<ByteBuffer> held = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ByteBuffer buffer = memory.copy(new byte[] {(byte) i, 2, 3});
      assertTrue(buffer.isDirect());
      assertEquals(ByteBuffer.wrap(new byte[] {(byte) i, 2, 3}), buffer);
      held.add(buffer);
    }
    held.add(memory.copy(new byte[970]));
    assertEquals(11, held.size());
    assertEquals(1000, memory.bytes());
    assertFalse(memory.copy(new byte[1]).isDirect(), "one byte over");
    held.clear();
    Await.until("something was collected", () -> {
      System.gc();
      return memory.copy(new byte[1]).isDirect();
    });
  }
}
