package appliance.edge.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Seed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folded lines and broken chunks are found, and nothing else is touched. */
final class RequestFramingTest {

  private static final List<String> SOUND = List.of(
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\ncontent-length:   8 \r\n\r\na\r\n b\r\n\t",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\na\r\n b\r\n1\r\n \r\n0\r\nT: u\r\n\r\n",
      "PUT / HTTP/1.1\r\nTE: x\r\nCookie: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");

  private static String followed(String stream, Random random) {
    RequestFraming framing = new RequestFraming(1 << 20);
    StringBuilder passed = new StringBuilder();
    for (int at = 0; at < stream.length(); ) {
      int end = Math.min(stream.length(), at + 1 + random.nextInt(40));
      byte[] read = stream.substring(at, end).getBytes(StandardCharsets.ISO_8859_1);
      int sound = framing.follow(ByteBuffer.wrap(read), 0, read.length);
      passed.append(new String(read, 0, sound, StandardCharsets.ISO_8859_1));
      at = end;
    }
    return passed.toString();
  }

  @Test
  void sound_requests_pass_untouched_and_a_fold_behind_any_of_them_is_found() {
    long seed = Seed.next();
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      StringBuilder all = new StringBuilder();
      StringBuilder used = new StringBuilder();
      for (int i = random.nextInt(5); i >= 0; i--) {
        String request = SOUND.get(random.nextInt(SOUND.size()));
        all.append("\r\n".repeat(random.nextInt(3))).append(request);
        used.append(request);
      }
      String sent = all.toString();
      String sound = used.toString();
      assertEquals(sound, followed(sent, random), "seed " + seed);
      String head = "GET / HTTP/1.1\r\nA: b\r\n";
      assertEquals(
          sound + head + "\0c\r\n\r\n",
          followed(sent + head + (random.nextBoolean() ? " " : "\t") + "c\r\n\r\n", random),
          "seed " + seed);
    }
  }

  @Test
  void what_cannot_be_followed_is_left_alone() {
    String stream = "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\nA\r\n b\r\n c";
    assertEquals(stream, followed(stream, new Random(1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "h",
        "5x",
        "5 x\r\n",
        "\r\n",
        "5\n",
        "-5\r\n",
        "+5\r\n",
        "0x5\r\n",
        "1000000000000000\r\n",
        "5;a\n",
        "5;a=\0",
        "5;a=\"\u007f",
        "5\r\nhelloX",
        "5\r\nhello0",
        "5\r\nhello\n",
        "5\r\rhello",
        "0\r\nno colon\r\n",
        "0\r\n folded: x\r\n",
        "0\r\nA: b\n",
        "0\r\nA: b\0",
        "0\r\n\rx",
      })
  void nothing_of_a_broken_chunk_is_used(String body) {
    String head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    byte[] bytes = (head + "1\r\na\r\n" + body + "GET ").getBytes(StandardCharsets.ISO_8859_1);
    int sound = new RequestFraming(1 << 20).follow(ByteBuffer.wrap(bytes), 0, bytes.length);
    assertTrue(sound >= head.length() + 6, "stopped at " + sound);
    assertTrue(sound < head.length() + 6 + body.length(), "stopped at " + sound);
  }
}
