package appliance.edge.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Seed;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ResponseHeadTest {

  private final HeaderNames names = new HeaderNames();

  @Test
  void the_end_of_a_head_is_found_wherever_it_stands() {
    long seed = Seed.next();
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = new byte[random.nextInt(24)];
      for (int at = 0; at < bytes.length; at++) {
        bytes[at] = (byte) "\r\n\r\nab".charAt(random.nextInt(6));
      }
      int length = random.nextInt(bytes.length + 1);
      String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
      int found = text.indexOf("\r\n\r\n");
      int end = found < 0 ? -1 : found + 4;
      assertEquals(end, ResponseHead.end(bytes, length), () -> "seed " + seed);
    }
  }

  @Test
  void a_name_is_passed_on_as_the_application_wrote_it() throws InvalidResponse {
    for (String name : new String[] {"ETag", "etag", "ETAG", "ETag", "eTag"}) {
      HeaderMap headers = headers(name + ": \"1\"\r\n");
      assertEquals(name, headers.get(Headers.ETAG).getHeaderName().toString());
    }
  }

  @Test
  void names_that_share_a_slot_are_told_apart() throws InvalidResponse {
    for (int i = 0; i < 2_000; i++) {
      String name = "X-" + Integer.toString(i * 7919, 36);
      assertEquals("v", headers(name + ": v\r\n").getFirst(name), name);
    }
  }

  @Test
  void a_control_character_anywhere_in_a_head_is_refused() throws InvalidResponse {
    for (int c = 0; c < 256; c++) {
      String line = "X-A: b" + (char) c + "c\r\n";
      if (c == '\t' || (c >= ' ' && c != 127)) {
        assertEquals("b" + (char) c + "c", headers(line).getFirst("X-A"));
      } else {
        assertThrows(InvalidResponse.class, () -> headers(line), line);
      }
    }
  }

  @Test
  void a_name_has_the_characters_of_a_token_only() throws InvalidResponse {
    for (int c = 0; c < 256; c++) {
      String name = "X" + (char) c + "A";
      boolean token = Character.toString(c).matches("[!#$%&'*+.^_`|~0-9A-Za-z-]");
      if (token) {
        assertEquals("v", headers(name + ": v\r\n").getFirst(name));
      } else if (c != ':') {
        assertThrows(InvalidResponse.class, () -> headers(name + ": v\r\n"), name);
      }
    }
  }

  @Test
  void a_length_is_digits_and_nothing_else() throws InvalidResponse {
    assertEquals(20, parse("Content-Length: 20\r\n").contentLength());
    for (String length :
        new String[] {"", "-1", "+1", "1 2", "0x1", "1,1", "9999999999999999999"}) {
      assertThrows(
          InvalidResponse.class, () -> parse("Content-Length: " + length + "\r\n"), length);
    }
  }

  @Test
  void a_length_that_is_told_twice_is_passed_on_once() throws InvalidResponse {
    HeaderMap headers = headers("Content-Length: 20\r\nX-A: b\r\ncontent-length: 20\r\n");
    assertEquals(List.of("20"), List.copyOf(headers.get(Headers.CONTENT_LENGTH)));
    assertThrows(
        InvalidResponse.class, () -> parse("Content-Length: 20\r\nContent-Length: 21\r\n"));
  }

  @Test
  void a_connection_that_closes_does_so_wherever_that_is_said() throws InvalidResponse {
    assertTrue(parse("").keepAlive());
    for (String lines : new String[] {
      "Connection: close\r\n",
      "Connection: keep-alive\r\nConnection: close\r\n",
      "Connection: close\r\nConnection: keep-alive\r\n",
      "Connection: close\r\nConnection: X-A\r\n",
      "Connection: X-A, Close\r\n"
    }) {
      assertFalse(parse(lines).keepAlive(), lines);
    }
  }

  private HeaderMap headers(String lines) throws InvalidResponse {
    HeaderMap headers = new HeaderMap();
    parse(lines).copyTo(headers);
    return headers;
  }

  private ResponseHead parse(String lines) throws InvalidResponse {
    byte[] bytes = ("HTTP/1.1 200 OK\r\n" + lines + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    return ResponseHead.parse(bytes, ResponseHead.end(bytes, bytes.length), names);
  }
}
