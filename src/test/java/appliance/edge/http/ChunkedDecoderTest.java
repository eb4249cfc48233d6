package appliance.edge.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Seed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChunkedDecoderTest {

  @Test
  void data_comes_out_whole_however_the_bytes_are_cut() throws Exception {
    long seed = Seed.next();
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      StringBuilder data = new StringBuilder();
      StringBuilder coded = new StringBuilder();
      for (int i = random.nextInt(8); i > 0; i--) {
        String chunk = "abcdefghij".repeat(random.nextInt(20)) + i;
        data.append(chunk);
        coded.append(random.nextBoolean() ? "00" : "").append(Integer.toHexString(chunk.length()));
        coded
            .append(random.nextBoolean() ? ";x=\"y\t\u00e9\"" : "")
            .append("\r\n")
            .append(chunk);
        coded.append("\r\n");
      }
      coded
          .append("0\r\n")
          .append(random.nextBoolean() ? "T: 1\r\nU: 2\r\n" : "")
          .append("\r\n");
      assertEquals(data.toString(), decode(coded.toString(), random), "seed " + seed);
    }
  }

  private static String decode(String coded, Random random) throws InvalidResponse {
    ChunkedDecoder decoder = new ChunkedDecoder();
    StringBuilder out = new StringBuilder();
    for (int at = 0; at < coded.length(); ) {
      int next = Math.min(coded.length(), at + 1 + random.nextInt(50));
      ByteBuffer buffer = ByteBuffer.allocateDirect(64);
      buffer
          .put(coded.substring(at, next).getBytes(StandardCharsets.ISO_8859_1))
          .flip();
      assertEquals(0, decoder.decode(buffer));
      out.append(StandardCharsets.ISO_8859_1.decode(buffer));
      at = next;
    }
    assertTrue(decoder.finished());
    return out.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n",
        "x\r\n",
        "-1\r\n",
        "0x2\r\nab\r\n",
        "2\nab\r\n",
        "2\r\nabc\r\n",
        "2\r\nab\n",
        "2;\nxx\r\nab\r\n0\r\n\r\n",
        "fffffffffffffffff\r\n",
        "0\r\nT: 1\n\r\n",
        "0\r\n\n",
      })
  void a_broken_coding_is_refused(String coded) {
    ChunkedDecoder decoder = new ChunkedDecoder();
    ByteBuffer bytes = ByteBuffer.wrap(coded.getBytes(StandardCharsets.ISO_8859_1));
    assertThrows(InvalidResponse.class, () -> decoder.decode(bytes));
  }

  @Test
  void what_follows_the_end_is_counted() throws Exception {
    ByteBuffer bytes =
        ByteBuffer.wrap("1\r\na\r\n0\r\n\r\nmore".getBytes(StandardCharsets.US_ASCII));
    assertEquals(4, new ChunkedDecoder().decode(bytes));
    assertEquals(1, bytes.remaining());
  }
}
