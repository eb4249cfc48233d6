package appliance.edge.listener;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.edge.RawHttp2;
import io.undertow.protocols.http2.ConnectionErrorException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/** Frames on their way from a client to Undertow, however the reads are cut. */
final class Http2GuardTest {

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int END = RawHttp2.END_HEADERS;
  private static final int PADDED = 8;
  private static final int WITH_PRIORITY = 0x20;
  private static final int BYTES_MAX = 32 * 1024;
  private static final int PROTOCOL_ERROR = 1;
  private static final int ENHANCE_YOUR_CALM = 11;

  /** Of which nothing is used. */
  private static final StreamSourceConduit NOTHING_ELSE =
      (StreamSourceConduit) Proxy.newProxyInstance(
          Http2GuardTest.class.getClassLoader(),
          new Class<?>[] {StreamSourceConduit.class},
          (self, method, arguments) -> {
            throw new UnsupportedOperationException(method.getName());
          });

  private int refused;

  /** Bytes that come in pieces, as from a socket that tells of each once. */
  private static final class Pieces extends AbstractStreamSourceConduit<StreamSourceConduit> {
    private final ByteBuffer bytes;
    private final Random random;
    private boolean woken;

    Pieces(byte[] bytes, Random random) {
      super(NOTHING_ELSE);
      this.bytes = ByteBuffer.wrap(bytes);
      this.random = random;
    }

    @Override
    public int read(ByteBuffer to) {
      if (!bytes.hasRemaining()) {
        return 0;
      }
      int most = Math.min(bytes.remaining(), to.remaining());
      int length = random.nextInt(4) == 0 ? Math.min(most, random.nextInt(12)) : most;
      to.put(bytes.slice().limit(length));
      bytes.position(bytes.position() + length);
      return length;
    }

    @Override
    public void resumeReads() {
      // It is read again as long as there is something.
    }

    @Override
    public boolean isReadResumed() {
      return true;
    }

    @Override
    public void wakeupReads() {
      woken = true;
    }
  }

  private byte[] passed(byte[] sent, Random random) throws IOException {
    int early = random.nextInt(Math.min(sent.length, 200) + 1);
    Pieces source = new Pieces(Arrays.copyOfRange(sent, early, sent.length), random);
    Http2Guard guard = new Http2Guard(
        source,
        ByteBuffer.wrap(sent, 0, early),
        new Http2HeaderBlock.Limits(BYTES_MAX, TimeUnit.MINUTES.toNanos(10)),
        new Http2Refusals(() -> refused++),
        () -> 0);
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    guard.resumeReads();
    while (source.woken || source.bytes.hasRemaining()) {
      source.woken = false;
      ByteBuffer to = ByteBuffer.allocate(1 + random.nextInt(20_000));
      int read = guard.read(to);
      assertEquals(read, to.position());
      got.write(to.array(), 0, read);
    }
    return got.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Appends a request's header block in several frames to what is sent, and as one to what is to come. */
  private static void block(
      Random random, int stream, ByteArrayOutputStream sent, ByteArrayOutputStream expected) {
    int parts = 2 + random.nextInt(Http2HeaderBlock.FRAMES_MAX - 1);
    int flags = (random.nextBoolean() ? RawHttp2.END_STREAM : 0)
        | (random.nextBoolean() ? WITH_PRIORITY : 0);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (int i = 0; i < parts; i++) {
      byte[] part = random(random, random.nextInt(BYTES_MAX / parts - 300));
      whole.writeBytes(part);
      boolean last = i == parts - 1;
      if (i == 0 && random.nextBoolean()) {
        int padding = random.nextInt(256);
        byte[] padded = join(new byte[] {(byte) padding}, part, random(random, padding));
        sent.writeBytes(RawHttp2.frame(RawHttp2.HEADERS, flags | PADDED, stream, padded));
      } else if (i == 0) {
        sent.writeBytes(RawHttp2.frame(RawHttp2.HEADERS, flags, stream, part));
      } else {
        sent.writeBytes(RawHttp2.frame(RawHttp2.CONTINUATION, last ? END : 0, stream, part));
      }
    }
    expected.writeBytes(RawHttp2.frame(RawHttp2.HEADERS, flags | END, stream, whole.toByteArray()));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void blocks_in_parts_go_on_whole_and_all_else_as_it_is_however_it_is_cut(long seed)
      throws Exception {
    Random random = new Random(seed);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    sent.writeBytes(PREFACE);
    expected.writeBytes(PREFACE);
    for (int i = 0; i < 60; i++) {
      int stream = 2 * i + 1;
      if (random.nextInt(3) == 0) {
        block(random, stream, sent, expected);
        continue;
      }
      int type = random.nextInt(5);
      int flags = type == RawHttp2.HEADERS ? END : 0;
      byte[] frame = RawHttp2.frame(type, flags, stream, random(random, random.nextInt(30_000)));
      sent.writeBytes(frame);
      expected.writeBytes(frame);
    }
    assertArrayEquals(expected.toByteArray(), passed(sent.toByteArray(), random), "seed " + seed);
    assertEquals(0, refused);
  }

  private void ends(int code, byte[]... frames) {
    for (int cut = 0; cut < 20; cut++) {
      refused = 0;
      Random random = new Random(cut);
      byte[] sent = join(PREFACE, join(frames));
      ConnectionErrorException end =
          assertThrows(ConnectionErrorException.class, () -> passed(sent, random));
      assertEquals(code, end.getCode());
      assertEquals(1, refused);
    }
  }

  private static byte[] begin(int stream) {
    return RawHttp2.frame(RawHttp2.HEADERS, 0, stream, new byte[10]);
  }

  private static byte[] goOn(int flags, int stream, int length) {
    return RawHttp2.frame(RawHttp2.CONTINUATION, flags, stream, new byte[length]);
  }

  @Test
  void nothing_may_come_within_a_block() {
    ends(PROTOCOL_ERROR, begin(1), RawHttp2.frame(RawHttp2.PING, 0, 0, new byte[8]));
    ends(PROTOCOL_ERROR, begin(1), RawHttp2.frame(0, RawHttp2.END_STREAM, 1, new byte[8]));
    ends(PROTOCOL_ERROR, begin(1), RawHttp2.frame(RawHttp2.HEADERS, END, 3, new byte[8]));
    ends(PROTOCOL_ERROR, begin(1), begin(1));
    ends(PROTOCOL_ERROR, begin(1), goOn(0, 1, 5), RawHttp2.frame(99, 0, 1, new byte[8]));
    ends(PROTOCOL_ERROR, begin(1), goOn(END, 3, 5));
  }

  @Test
  void a_part_without_its_beginning_ends_the_connection() {
    ends(PROTOCOL_ERROR, goOn(END, 1, 5));
    ends(PROTOCOL_ERROR, begin(1), goOn(END, 1, 5), goOn(END, 1, 5));
    ends(PROTOCOL_ERROR, RawHttp2.frame(RawHttp2.HEADERS, END, 1, new byte[8]), goOn(END, 1, 5));
  }

  @Test
  void trailers_in_parts_end_the_connection_as_others_do() {
    ends(PROTOCOL_ERROR, RawHttp2.frame(RawHttp2.HEADERS, END, 1, new byte[8]), begin(1));
  }

  @Test
  void padding_longer_than_its_frame_ends_the_connection() {
    byte[] padded = {3, 0, 0};
    ends(PROTOCOL_ERROR, RawHttp2.frame(RawHttp2.HEADERS, PADDED, 1, padded));
    ends(PROTOCOL_ERROR, RawHttp2.frame(RawHttp2.HEADERS, PADDED, 1, new byte[0]));
  }

  @Test
  void a_block_has_so_many_frames_and_no_more() throws Exception {
    byte[] empty = goOn(0, 1, 0);
    byte[][] frames = new byte[Http2HeaderBlock.FRAMES_MAX][];
    Arrays.fill(frames, empty);
    frames[0] = begin(1);
    frames[frames.length - 1] = goOn(END, 1, 0);
    byte[] most = passed(join(PREFACE, join(frames)), new Random(1));
    assertEquals(PREFACE.length + Http2FrameHead.BYTES + 10, most.length);
    frames[frames.length - 1] = empty;
    ends(ENHANCE_YOUR_CALM, join(frames), goOn(END, 1, 0));
  }

  @Test
  void a_block_is_so_long_and_no_longer() throws Exception {
    byte[] most = passed(
        join(PREFACE, begin(1), goOn(0, 1, 16_384), goOn(END, 1, BYTES_MAX - 16_394)),
        new Random(1));
    assertTrue(most.length > BYTES_MAX);
    ends(ENHANCE_YOUR_CALM, begin(1), goOn(0, 1, 16_384), goOn(END, 1, BYTES_MAX - 16_393));
    ends(ENHANCE_YOUR_CALM, RawHttp2.frame(RawHttp2.HEADERS, 0, 1, new byte[BYTES_MAX + 1]));
  }

  @Test
  void a_block_may_take_so_long_and_no_longer() {
    Http2FrameHead first = new Http2FrameHead(10, Http2FrameHead.HEADERS, 0, 1);
    Http2FrameHead next = new Http2FrameHead(10, Http2FrameHead.CONTINUATION, 0, 1);
    long began = Long.MAX_VALUE - 1;
    Http2HeaderBlock block =
        new Http2HeaderBlock(first, new Http2HeaderBlock.Limits(BYTES_MAX, 100), began);
    assertTrue(block.takes(next, began + 100));
    assertFalse(block.takes(next, began + 101));
    assertTrue(block.inTime(began + 100));
    assertFalse(block.inTime(began + 101));
  }
}
