package appliance.buffer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Seed;
import io.undertow.server.DefaultByteBufferPool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class AnswerBufferTest {

  private static final int CHUNK = 1024;
  private static final long ALL = 64L * CHUNK;

  private final AnswerMemory memory =
      new AnswerMemory(new DefaultByteBufferPool(true, CHUNK, 8, 0), ALL);

  /** A client that takes so many bytes at a time, and then none until it is asked again. */
  private static class Client implements WritableByteChannel {

    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    int takes;

    @Override
    public int write(ByteBuffer bytes) {
      int count = Math.min(takes, bytes.remaining());
      for (int i = 0; i < count; i++) {
        taken.write(bytes.get());
      }
      takes -= count;
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  /** Takes what it is offered first as one chunk, and is to be offered all the rest of that until it has it. */
  private static final class ChunkingClient extends Client {

    private int left;

    @Override
    public int write(ByteBuffer bytes) {
      if (left == 0) {
        left = bytes.remaining();
      }
      assertTrue(bytes.remaining() >= left, bytes.remaining() + " bytes for " + left);
      ByteBuffer chunk = bytes.slice().limit(left);
      int count = super.write(chunk);
      bytes.position(bytes.position() + count);
      left -= count;
      return count;
    }
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.wrap(new byte[count]);
  }

  @Test
  void all_comes_out_in_the_order_in_which_it_went_in() throws IOException {
    Random random = new Random(Seed.next());
    AnswerBuffer buffer = new AnswerBuffer(memory);
    ByteArrayOutputStream put = new ByteArrayOutputStream();
    Client client = new Client();
    for (int round = 0; round < 2000; round++) {
      byte[] piece = new byte[random.nextInt(3 * CHUNK)];
      random.nextBytes(piece);
      put.write(piece);
      ByteBuffer given = ByteBuffer.wrap(piece);
      buffer.put(given);
      assertFalse(given.hasRemaining());
      client.takes = random.nextInt(4 * CHUNK);
      buffer.drainTo(client);
    }
    client.takes = Integer.MAX_VALUE;
    buffer.drainTo(client);
    assertTrue(buffer.isEmpty());
    assertArrayEquals(put.toByteArray(), client.taken.toByteArray());
    assertEquals(0, memory.bytes());
  }

  /** As Undertow's chunks need it. */
  @Test
  void what_is_left_of_a_piece_that_was_offered_is_never_offered_in_parts() throws IOException {
    Random random = new Random(Seed.next());
    for (int round = 0; round < 2000; round++) {
      AnswerBuffer buffer = new AnswerBuffer(memory);
      Client client = new ChunkingClient();
      client.takes = random.nextInt(4 * CHUNK);
      ByteBuffer given = bytes(random.nextInt(6 * CHUNK));
      buffer.pass(given, client);
      buffer.put(given);
      while (!buffer.isEmpty()) {
        client.takes = random.nextInt(2 * CHUNK);
        buffer.drainTo(client);
        buffer.put(bytes(buffer.isEmpty() ? 0 : random.nextInt(CHUNK / 2)));
      }
    }
  }

  @Test
  void small_pieces_share_a_chunk() {
    AnswerBuffer buffer = new AnswerBuffer(memory);
    for (int i = 0; i < CHUNK; i++) {
      buffer.put(bytes(1));
    }
    assertEquals(CHUNK, memory.bytes());
  }

  @Test
  void one_that_takes_nothing_is_told_from_one_that_takes_a_little() throws IOException {
    AnswerBuffer buffer = new AnswerBuffer(memory);
    buffer.put(bytes(10));
    Client client = new Client();
    assertFalse(buffer.drainTo(client));
    client.takes = 1;
    assertTrue(buffer.drainTo(client));
    assertFalse(buffer.isEmpty());
  }

  @Test
  void one_answer_holds_a_part_of_what_is_free_and_is_low_when_half_is_gone() throws IOException {
    AnswerBuffer buffer = new AnswerBuffer(memory);
    assertFalse(buffer.full());
    while (!buffer.full()) {
      buffer.put(bytes(CHUNK));
    }
    assertEquals(4 * CHUNK, memory.bytes());
    assertFalse(buffer.low());
    Client client = new Client();
    client.takes = 3 * CHUNK;
    buffer.drainTo(client);
    assertTrue(buffer.low());
    assertFalse(buffer.isEmpty());
  }

  @Test
  void many_answers_leave_something_for_one_more() {
    List<AnswerBuffer> many = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      AnswerBuffer buffer = new AnswerBuffer(memory);
      many.add(buffer);
      while (!buffer.full()) {
        buffer.put(bytes(CHUNK));
      }
    }
    assertTrue(memory.bytes() < ALL, memory.bytes() + " bytes");
    AnswerBuffer one = new AnswerBuffer(memory);
    one.put(bytes(CHUNK));
    assertFalse(one.full());
    many.forEach(AnswerBuffer::clear);
    assertEquals(CHUNK, memory.bytes());
  }

  @Test
  void parts_have_one_limit_and_each_counts_what_is_held_by_it() {
    AnswerMemory shop = memory.part();
    AnswerMemory docs = memory.part();
    AnswerBuffer one = new AnswerBuffer(shop);
    one.put(bytes(2 * CHUNK));
    assertEquals(2 * CHUNK, shop.bytes());
    assertEquals(0, docs.bytes());
    assertEquals(memory.allowance(), docs.allowance());
    assertEquals((ALL - 2 * CHUNK) / 16, docs.allowance());
    one.clear();
    assertEquals(0, shop.bytes());
    assertEquals(ALL / 16, docs.allowance());
  }

  @Test
  void each_answer_holds_a_piece_however_little_is_free() {
    for (int i = 0; i < ALL / CHUNK + 1; i++) {
      new AnswerBuffer(memory).put(bytes(CHUNK));
    }
    AnswerBuffer late = new AnswerBuffer(memory);
    assertFalse(late.full());
    late.put(bytes(CHUNK));
    assertTrue(late.full());
  }

  @Test
  void what_is_given_up_is_free_for_others() {
    AnswerBuffer buffer = new AnswerBuffer(memory);
    buffer.put(bytes(3 * CHUNK));
    buffer.clear();
    buffer.clear();
    assertTrue(buffer.isEmpty());
    assertEquals(0, memory.bytes());
  }
}
