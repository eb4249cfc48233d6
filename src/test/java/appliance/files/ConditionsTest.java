package appliance.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RFC 9110, 13: one line per rule. */
final class ConditionsTest {

  private static final String BEFORE = "Fri, 02 Jan 2026 03:04:04 GMT";
  private static final String SAME = FileServer.LAST_MODIFIED;
  private static final String AFTER = "Fri, 02 Jan 2026 03:04:06 GMT";

  @TempDir
  private Path folder;

  private FileServer server;
  private String tag;

  @BeforeEach
  void start() throws IOException {
    FileServer.write(folder, "a.txt", "0123456789");
    server = new FileServer(new StaticFiles(FileRoot.site(folder), FileServer.NEXT));
    tag = server.get("/a.txt").field("ETag");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void expect(int status, String... fields) throws IOException {
    assertEquals(status, server.get("/a.txt", fields).status(), List.of(fields).toString());
    assertEquals(
        status == 206 ? 200 : status,
        server.send("HEAD", "/a.txt", fields).status(),
        "HEAD " + List.of(fields));
  }

  @Test
  void if_none_match_compares_weakly() throws IOException {
    expect(304, "If-None-Match: " + tag);
    expect(304, "If-None-Match: W/" + tag);
    expect(304, "If-None-Match: *");
    expect(304, "If-None-Match: \"x\", \"a,b\" ," + tag);
    expect(304, "If-None-Match: \"x\"", "If-None-Match: " + tag);
    expect(200, "If-None-Match: \"x\"");
    expect(200, "If-None-Match: " + tag.replace("\"", ""));
    expect(200, "If-None-Match: \"");
    expect(200, "If-None-Match: ");
    expect(200, "If-None-Match: w/" + tag);
  }

  @Test
  void if_match_compares_strongly() throws IOException {
    expect(200, "If-Match: " + tag);
    expect(200, "If-Match: *");
    expect(200, "If-Match: \"x\", " + tag);
    expect(412, "If-Match: W/" + tag);
    expect(412, "If-Match: \"x\"");
    expect(412, "If-Match: junk");
  }

  @Test
  void dates_count_in_full_seconds_and_in_all_three_forms() throws IOException {
    expect(200, "If-Modified-Since: " + BEFORE);
    expect(304, "If-Modified-Since: " + SAME);
    expect(304, "If-Modified-Since: " + AFTER);
    expect(304, "If-Modified-Since: Friday, 02-Jan-26 03:04:05 GMT");
    expect(304, "If-Modified-Since: Fri Jan  2 03:04:05 2026");
    expect(200, "If-Modified-Since: yesterday");
    expect(200, "If-Modified-Since: " + SAME, "If-Modified-Since: " + SAME);
    expect(412, "If-Unmodified-Since: " + BEFORE);
    expect(200, "If-Unmodified-Since: " + SAME);
    expect(200, "If-Unmodified-Since: " + AFTER);
    expect(200, "If-Unmodified-Since: yesterday");
  }

  @Test
  void tags_go_before_dates_and_match_before_none_match() throws IOException {
    expect(200, "If-None-Match: \"x\"", "If-Modified-Since: " + AFTER);
    expect(304, "If-None-Match: " + tag, "If-Modified-Since: " + BEFORE);
    expect(200, "If-Match: " + tag, "If-Unmodified-Since: " + BEFORE);
    expect(412, "If-Match: \"x\"", "If-Unmodified-Since: " + AFTER);
    expect(412, "If-Match: \"x\"", "If-None-Match: " + tag);
    expect(304, "If-Match: " + tag, "If-None-Match: " + tag);
    expect(412, "If-Unmodified-Since: " + BEFORE, "If-Modified-Since: " + AFTER);
    expect(304, "If-None-Match: " + tag, "Range: bytes=0-1");
    expect(412, "If-Match: \"x\"", "Range: bytes=99-");
  }

  @Test
  void if_range_wants_a_strong_tag_or_the_very_date() throws IOException {
    expect(206, "Range: bytes=0-1", "If-Range: " + tag);
    expect(206, "Range: bytes=0-1", "If-Range: " + SAME);
    expect(200, "Range: bytes=0-1", "If-Range: W/" + tag);
    expect(200, "Range: bytes=0-1", "If-Range: \"x\"");
    expect(200, "Range: bytes=0-1", "If-Range: " + BEFORE);
    expect(200, "Range: bytes=0-1", "If-Range: " + AFTER);
    expect(200, "Range: bytes=0-1", "If-Range: junk");
    expect(200, "Range: bytes=0-1", "If-Range: *");
    expect(200, "Range: bytes=99-", "If-Range: \"x\"");
    expect(200, "If-Range: " + tag);
  }

  @Test
  void not_modified_has_the_tag_and_no_content() throws IOException {
    RawResponse response = server.get("/a.txt", "If-None-Match: " + tag);
    assertEquals(tag, response.field("ETag"));
    assertEquals(0, response.content().length);
    assertFalse(response.has("Content-Type"));
    assertFalse(response.has("Content-Length"));
  }
}
