package appliance.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.Seed;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random conditions and ranges against an oracle that knows nothing of the code's structure. */
final class RequestFuzzTest {

  private static final int REQUESTS = 20_000;
  private static final List<String> DATES = List.of(
      "Fri, 02 Jan 2026 03:04:04 GMT",
      FileServer.LAST_MODIFIED,
      "Fri, 02 Jan 2026 03:04:06 GMT",
      "rubbish");

  @TempDir
  private Path folder;

  private final long seed = Seed.next();
  private final Random random = new Random(seed);
  private final byte[] content = new byte[100];
  private String tag = "";

  @Test
  void random_conditions_and_ranges_get_what_the_rfc_says() throws Exception {
    new Random(5).nextBytes(content);
    FileServer.write(folder, "f.bin", content);
    try (FileServer server =
            new FileServer(new StaticFiles(FileRoot.site(folder), FileServer.NEXT));
        Socket socket = server.connect()) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      tag = server.get("/f.bin").field("ETag");
      for (int i = 0; i < REQUESTS; i++) {
        Fields fields = new Fields();
        String request = "GET /f.bin HTTP/1.1\r\nHost: x\r\n" + fields.text() + "\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        String context = "request " + i + " of seed " + seed + "\n" + request;
        check(fields, read(in, context), context);
      }
    }
  }

  private void check(Fields fields, RawResponse response, String context) {
    int status = fields.status();
    assertEquals(status, response.status(), context);
    if (status == 200) {
      assertArrayEquals(content, response.content(), context);
    } else if (status == 206 && fields.spans().size() == 1) {
      int[] span = fields.spans().get(0);
      assertEquals("bytes " + span[0] + "-" + span[1] + "/100", response.field("Content-Range"));
      assertArrayEquals(
          Arrays.copyOfRange(content, span[0], span[1] + 1), response.content(), context);
    } else if (status == 206) {
      String text = new String(response.content(), StandardCharsets.ISO_8859_1);
      for (int[] span : fields.spans()) {
        String part = "Content-Range: bytes " + span[0] + "-" + span[1] + "/100\r\n\r\n"
            + new String(content, span[0], span[1] - span[0] + 1, StandardCharsets.ISO_8859_1)
            + "\r\n--";
        assertEquals(true, text.contains(part), context);
      }
    }
  }

  private static RawResponse read(InputStream in, String context) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("closed in " + context);
      }
      head.append((char) c);
    }
    RawResponse response = RawResponse.parse(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    String length = response.field("Content-Length");
    return new RawResponse(
        response.status(),
        response.fields(),
        length.isEmpty() ? new byte[0] : in.readNBytes(Integer.parseInt(length)));
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** One request's random fields, and what is due to them. */
  private final class Fields {

    private final String ifMatch = maybe(tags());
    private final String ifNoneMatch = maybe(tags());
    private final String ifModified = maybe(any(DATES));
    private final String ifUnmodified = maybe(any(DATES));
    private final String ifRange = maybe(random.nextBoolean() ? any(DATES) : oneTag());
    private final List<String> specs = new ArrayList<>();

    Fields() {
      int count = random.nextInt(4);
      for (int i = 0; i < count; i++) {
        specs.add(any(List.of("", "" + random.nextInt(120)))
            + any(List.of("-", "-", "-", "x"))
            + any(List.of("", "" + random.nextInt(120))));
      }
    }

    private String maybe(String value) {
      return random.nextInt(4) == 0 ? value : "";
    }

    private String oneTag() {
      return any(List.of(tag, "W/" + tag, "\"other\"", "W/\"other\""));
    }

    private String tags() {
      return random.nextInt(8) == 0
          ? "*"
          : oneTag() + (random.nextBoolean() ? ", " + oneTag() : "");
    }

    String text() {
      return line("If-Match", ifMatch)
          + line("If-None-Match", ifNoneMatch)
          + line("If-Modified-Since", ifModified)
          + line("If-Unmodified-Since", ifUnmodified)
          + line("If-Range", ifRange)
          + (specs.isEmpty() ? "" : line("Range", "bytes=" + String.join(",", specs)));
    }

    private static String line(String name, String value) {
      return value.isEmpty() ? "" : name + ": " + value + "\r\n";
    }

    int status() {
      boolean strong = Arrays.asList(ifMatch.split(", ", -1)).contains(tag);
      if (!ifMatch.isEmpty() && !ifMatch.equals("*") && !strong) {
        return 412;
      }
      if (ifMatch.isEmpty() && ifUnmodified.equals(DATES.get(0))) {
        return 412;
      }
      if (!ifNoneMatch.isEmpty()) {
        if (ifNoneMatch.equals("*") || ifNoneMatch.contains(tag)) {
          return 304;
        }
      } else if (ifModified.equals(DATES.get(1)) || ifModified.equals(DATES.get(2))) {
        return 304;
      }
      boolean applies =
          ifRange.isEmpty() || ifRange.equals(tag) || ifRange.equals(FileServer.LAST_MODIFIED);
      if (specs.isEmpty() || !applies || !isWellFormed() || bytes() > 100) {
        return 200;
      }
      return spans().isEmpty() ? 416 : 206;
    }

    private boolean isWellFormed() {
      return specs.stream().allMatch(spec -> {
        if (!spec.matches("\\d+-\\d*|-\\d+")) {
          return false;
        }
        String[] ends = spec.split("-", -1);
        return spec.startsWith("-")
            || ends[1].isEmpty()
            || Integer.parseInt(ends[0]) <= Integer.parseInt(ends[1]);
      });
    }

    private int bytes() {
      return spans().stream().mapToInt(span -> span[1] - span[0] + 1).sum();
    }

    List<int[]> spans() {
      List<int[]> spans = new ArrayList<>();
      for (String spec : specs) {
        String[] ends = spec.split("-", -1);
        int first = spec.startsWith("-")
            ? Math.max(0, 100 - Integer.parseInt(ends[1]))
            : Integer.parseInt(ends[0]);
        int last = spec.startsWith("-") || ends[1].isEmpty()
            ? 99
            : Math.min(99, Integer.parseInt(ends[1]));
        if (first <= last && first < 100) {
          spans.add(new int[] {first, last});
        }
      }
      return spans;
    }
  }
}
