package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Folded lines are found in heads, and nothing else is touched. */
final class FoldedLinesTest {

  private static final List<String> SOUND = List.of(
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
      "\r\nGET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\ncontent-length:   9 \r\n\r\na\r\n b\r\n\t",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\na\r\n b\r\n1\r\n \r\n0\r\nT: u\r\n\r\n",
      "PUT / HTTP/1.1\r\nTE: x\r\nCookie: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");

  private static String followed(String stream, Random random) {
    RequestFraming framing = new RequestFraming();
    ByteBuffer bytes = ByteBuffer.wrap(stream.getBytes(StandardCharsets.ISO_8859_1));
    for (int at = 0; at < bytes.limit(); ) {
      int end = Math.min(bytes.limit(), at + 1 + random.nextInt(40));
      framing.follow(bytes, at, end);
      at = end;
    }
    return new String(bytes.array(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void sound_requests_pass_untouched_and_a_fold_behind_any_of_them_is_found() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      StringBuilder stream = new StringBuilder();
      for (int i = random.nextInt(5); i >= 0; i--) {
        stream.append(SOUND.get(random.nextInt(SOUND.size())));
      }
      String sound = stream.toString();
      assertEquals(sound, followed(sound, random), "seed " + seed);
      String head = "GET / HTTP/1.1\r\nA: b\r\n";
      assertEquals(
          sound + head + "\0c\r\n\r\n",
          followed(sound + head + (random.nextBoolean() ? " " : "\t") + "c\r\n\r\n", random),
          "seed " + seed);
    }
  }

  @Test
  void what_cannot_be_followed_is_left_alone() {
    for (String lost : List.of(
        "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: " + " ".repeat(70) + "5\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")) {
      String stream = lost + "A\r\n b\r\n c";
      assertEquals(stream, followed(stream, new Random(1)));
      assertFalse(stream.indexOf(0) >= 0);
    }
  }
}
