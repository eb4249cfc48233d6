package appliance.edge.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.Seed;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class WebSocketFramesTest {

  @Test
  void boundaries_are_found_however_the_bytes_are_cut() {
    long seed = Seed.next();
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      ByteArrayOutputStream stream = new ByteArrayOutputStream();
      Set<Integer> ends = new HashSet<>(Set.of(0));
      for (int i = 0; i < 10; i++) {
        frame(stream, random);
        ends.add(stream.size());
      }
      byte[] bytes = stream.toByteArray();
      WebSocketFrames frames = new WebSocketFrames();
      for (int at = 0; at < bytes.length; ) {
        assertEquals(ends.contains(at), frames.atBoundary(), "seed " + seed + " at " + at);
        int next = Math.min(bytes.length, at + 1 + random.nextInt(100));
        frames.pass(ByteBuffer.wrap(bytes, at, next - at));
        at = next;
      }
      assertEquals(true, frames.atBoundary(), "seed " + seed);
    }
  }

  private static void frame(ByteArrayOutputStream to, Random random) {
    int size = new int[] {0, 1, 125, 126, 300, 70_000}[random.nextInt(6)];
    boolean masked = random.nextBoolean();
    to.write(0x82);
    int bit = masked ? 0x80 : 0;
    if (size < 126) {
      to.write(bit | size);
    } else if (size < 65536) {
      to.write(bit | 126);
      to.writeBytes(ByteBuffer.allocate(2).putShort((short) size).array());
    } else {
      to.write(bit | 127);
      to.writeBytes(ByteBuffer.allocate(8).putLong(size).array());
    }
    byte[] rest = new byte[size + (masked ? 4 : 0)];
    random.nextBytes(rest);
    to.writeBytes(rest);
  }
}
