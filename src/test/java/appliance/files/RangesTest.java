package appliance.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RFC 9110, 14, on a file in memory and on one that is sent from disk. */
final class RangesTest {

  private static final int SMALL = 1000;
  private static final int LARGE = 400_000;

  @TempDir
  private Path folder;

  private final byte[] content = new byte[LARGE];
  private FileServer server;

  @BeforeEach
  void start() throws IOException {
    new Random(7).nextBytes(content);
    FileServer.write(folder, SMALL + ".bin", Arrays.copyOf(content, SMALL));
    FileServer.write(folder, LARGE + ".bin", content);
    FileServer.write(folder, "0.bin", "");
    server = new FileServer(new StaticFiles(FileRoot.site(folder), FileServer.NEXT));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void one_range_comes_as_itself() throws IOException {
    for (int total : List.of(SMALL, LARGE)) {
      expectOne(total, "0-0", 0, 0);
      expectOne(total, "1-5", 1, 5);
      expectOne(total, "0-", 0, total - 1);
      expectOne(total, (total - 1) + "-", total - 1, total - 1);
      expectOne(total, "-1", total - 1, total - 1);
      expectOne(total, "-" + total, 0, total - 1);
      expectOne(total, "-999999999", 0, total - 1);
      expectOne(total, "5-99999999999999999999999", 5, total - 1);
      expectOne(total, " 7-8 , ", 7, 8);
      expectOne(total, "7-8," + total + "-", 7, 8);
      expectOne(total, "0007-0008", 7, 8);
    }
    expectOne(LARGE, "100000-300000", 100_000, 300_000);
  }

  private void expectOne(int total, String range, int first, int last) throws IOException {
    RawResponse response = server.get("/" + total + ".bin", "Range: bytes=" + range);
    assertEquals(206, response.status(), range);
    assertEquals("bytes " + first + "-" + last + "/" + total, response.field("Content-Range"));
    assertEquals("" + (last - first + 1), response.field("Content-Length"));
    assertArrayEquals(Arrays.copyOfRange(content, first, last + 1), response.content(), range);
  }

  @Test
  void what_is_malformed_or_abusive_gets_the_whole() throws IOException {
    String many = "0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18,20-20,22-22,24-24,26-26,28-28";
    expectStatus(206, "bytes=" + many + ",30-30");
    expectStatus(200, "bytes=" + many + ",30-30,32-32");
    for (String range : List.of(
        "bytes=",
        "bytes=,",
        "bytes",
        "bytes =0-1",
        "bytes= 0 - 1",
        "bytes=a-b",
        "bytes=5-4",
        "bytes=-",
        "bytes=1",
        "bytes=0x1-2",
        "bytes=+1-2",
        "bytes=--1",
        "lines=0-1",
        "0-1",
        "bytes=0-1;q=1",
        "bytes=0-,0-",
        "bytes=0-600,300-900",
        "bytes=" + ",".repeat(5000),
        "bytes=\u0661-\u0662")) {
      expectStatus(200, range);
    }
    RawResponse twice = server.get("/" + SMALL + ".bin", "Range: bytes=0-1", "Range: bytes=2-3");
    assertEquals(200, twice.status());
  }

  private void expectStatus(int status, String range) throws IOException {
    RawResponse response = server.get("/" + SMALL + ".bin", "Range: " + range);
    assertEquals(status, response.status(), range);
    if (status == 200) {
      assertEquals(SMALL, response.content().length);
    }
  }

  @Test
  void what_lies_beyond_the_end_cannot_be_satisfied() throws IOException {
    for (String range : List.of("1000-", "1000-2000", "-0", "1000-,5000-6000")) {
      RawResponse response = server.get("/" + SMALL + ".bin", "Range: bytes=" + range);
      assertEquals(416, response.status(), range);
      assertEquals("bytes */" + SMALL, response.field("Content-Range"));
      assertEquals(0, response.content().length);
    }
    assertEquals(200, server.get("/0.bin", "Range: bytes=0-").status(), "nothing to cut");
    assertEquals(200, server.get("/0.bin", "Range: bytes=-1").status(), "nothing to cut");
  }

  @Test
  void several_ranges_come_in_parts() throws IOException {
    for (int total : List.of(SMALL, LARGE)) {
      expectParts(total, List.of(new ByteRange(0, 2), new ByteRange(10, 1)));
      expectParts(total, List.of(new ByteRange(500, 100), new ByteRange(0, 1)));
    }
    expectParts(LARGE, List.of(new ByteRange(200_000, 150_000), new ByteRange(3, 100_000)));
  }

  private void expectParts(int total, List<ByteRange> ranges) throws IOException {
    List<String> specs = new ArrayList<>();
    ranges.forEach(range -> specs.add(range.first() + "-" + range.last()));
    RawResponse response =
        server.get("/" + total + ".bin", "Range: bytes=" + String.join(", ", specs));
    assertEquals(206, response.status());
    byte[] expected = parts(response, content, total, ranges);
    assertArrayEquals(expected, response.content());
    assertEquals("" + expected.length, response.field("Content-Length"));
  }

  /** What {@code response} has to hold, with its own boundary. */
  static byte[] parts(RawResponse response, byte[] content, int total, List<ByteRange> ranges) {
    String type = response.field("Content-Type");
    assertTrue(type.startsWith("multipart/byteranges; boundary="), type);
    String boundary = type.substring(type.indexOf('=') + 1);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    for (ByteRange range : ranges) {
      expected.writeBytes(((expected.size() == 0 ? "" : "\r\n") + "--" + boundary
              + "\r\nContent-Type: application/octet-stream\r\nContent-Range: "
              + range.contentRange(total) + "\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII));
      expected.write(content, (int) range.first(), (int) range.length());
    }
    expected.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
    return expected.toByteArray();
  }
}
