package appliance.edge.compression;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Seed;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.DefaultByteBufferPool;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;

final class GzipSinkTest {

  private static final int BUFFER_BYTES = 64;

  private final DefaultByteBufferPool buffers = new DefaultByteBufferPool(true, BUFFER_BYTES);

  /** A client that takes as much at a time as it likes. */
  private static final class Client extends AbstractStreamSinkConduit<StreamSinkConduit> {

    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final Random random;
    private boolean ready = true;
    private boolean ended;

    Client(Random random) {
      super((StreamSinkConduit) Proxy.newProxyInstance(
          Client.class.getClassLoader(),
          new Class<?>[] {StreamSinkConduit.class},
          (nothing, method, arguments) -> {
            throw new AssertionError("there is nothing behind it: " + method);
          }));
      this.random = random;
    }

    @Override
    public int write(ByteBuffer from) {
      ready = ready && random.nextInt(4) > 0;
      int length = ready ? Math.min(from.remaining(), 1 + random.nextInt(2 * BUFFER_BYTES)) : 0;
      for (int i = 0; i < length; i++) {
        taken.write(from.get());
      }
      return length;
    }

    @Override
    public boolean flush() {
      return ready;
    }

    @Override
    public void terminateWrites() {
      ended = true;
    }
  }

  private static byte[] content(Random random) {
    byte[] content = new byte[random.nextInt(3) == 0 ? random.nextInt(40) : random.nextInt(20_000)];
    int letters = 1 + random.nextInt(255); // gets a little smaller, or much
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) random.nextInt(letters);
    }
    return content;
  }

  @Test
  void what_comes_out_is_what_went_in_however_it_is_cut() throws Exception {
    Random random = new Random(Seed.next());
    for (int run = 0; run < 300; run++) {
      byte[] content = content(random);
      Client client = new Client(random);
      GzipSink sink = new GzipSink(client, buffers.allocate());
      int at = 0;
      while (at < content.length) {
        int length = Math.min(content.length - at, 1 + random.nextInt(3_000));
        ByteBuffer piece = random.nextBoolean()
            ? ByteBuffer.wrap(content.clone(), at, length)
            : ByteBuffer.allocateDirect(length).put(content, at, length).flip();
        int taken = sink.write(piece);
        assertEquals(length - taken, piece.remaining());
        at += taken;
        client.ready |= random.nextBoolean();
        if (random.nextInt(3) == 0 && sink.flush()) {
          assertArrayEquals(Arrays.copyOf(content, at), inflated(client.taken.toByteArray()));
        }
      }
      sink.terminateWrites();
      assertThrows(ClosedChannelException.class, () -> sink.write(ByteBuffer.allocate(1)));
      while (!sink.flush()) {
        client.ready = true;
      }
      assertTrue(client.ended);
      ByteArrayInputStream all = new ByteArrayInputStream(client.taken.toByteArray());
      assertArrayEquals(content, new GZIPInputStream(all).readAllBytes());
      assertEquals(0, all.available());
    }
  }

  /** What a client can read of the beginning of an answer. */
  private static byte[] inflated(byte[] beginning) throws Exception {
    if (beginning.length == 0) {
      return beginning;
    }
    Inflater inflater = new Inflater(true);
    inflater.setInput(beginning, 10, beginning.length - 10);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[4096];
    for (int n = inflater.inflate(buffer); n > 0; n = inflater.inflate(buffer)) {
      out.write(buffer, 0, n);
    }
    inflater.end();
    return out.toByteArray();
  }

  @Test
  void a_client_that_takes_nothing_is_not_written_for() throws IOException {
    Client client = new Client(new Random(1));
    client.ready = false;
    GzipSink sink = new GzipSink(client, buffers.allocate());
    byte[] noise = new byte[100_000];
    new Random(2).nextBytes(noise);
    ByteBuffer all = ByteBuffer.wrap(noise);
    while (sink.write(all) > 0) {
      // as long as it takes any
    }
    assertTrue(all.position() < 80_000, "read on: " + all.position()); // zlib's own 64 KB
    sink.release();
  }

  @Test
  void one_that_was_given_back_is_used_no_more() throws IOException {
    PooledByteBuffer buffer = buffers.allocate();
    GzipSink sink = new GzipSink(new Client(new Random(1)), buffer);
    sink.write(ByteBuffer.allocate(10));
    sink.release();
    sink.release();
    assertThrows(ClosedChannelException.class, () -> sink.write(ByteBuffer.allocate(1)));
    sink.terminateWrites();
    assertThrows(IllegalStateException.class, buffer::getBuffer, "the pool has it again");
  }
}
