package appliance.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EncodingsTest {

  private static final String TEXT = "body { color: red }\n".repeat(200);

  @TempDir
  private Path folder;

  private FileServer server;

  @BeforeEach
  void start() throws IOException {
    FileServer.write(folder, "both.css", TEXT);
    FileServer.write(folder, "both.css.br", "as brotli");
    FileServer.write(folder, "both.css.gz", "as gzip");
    FileServer.write(folder, "made.css", TEXT);
    server = new FileServer(new StaticFiles(FileRoot.site(folder), FileServer.NEXT));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip, deflate, br, zstd | br",
        "gzip | gzip",
        "GZIP;Q=1 | gzip",
        "x-gzip | gzip",
        "br;q=0.5, gzip;q=0.8 | gzip",
        "br;q=0.8, gzip;q=0.8 | br",
        "br;q=0, gzip;q=0 | ''",
        "br;q=0.000, * | gzip",
        "* | br",
        "*;q=0 | ''",
        "gzip;q=0.5, identity | ''",
        "gzip;q=0.5, identity;q=0.5 | gzip",
        "identity;q=0 | ''",
        "deflate | ''",
        "gzip;q=2 | ''",
        "gzip;q=abc | ''",
        "gzip;q=0.0001 | ''",
        ", ,gzip , | gzip",
        "bracket, gzipped | ''",
      })
  void the_client_s_weights_decide(String accepted, String coding) throws IOException {
    for (int i = 0; i < 2; i++) {
      RawResponse response = server.get("/both.css", "Accept-Encoding: " + accepted);
      assertEquals(200, response.status());
      assertEquals(coding, response.field("Content-Encoding"));
      assertEquals("Accept-Encoding", response.field("Vary"));
      assertEquals("text/css; charset=utf-8", response.field("Content-Type"));
      String expected =
          coding.equals("br") ? "as brotli" : coding.equals("gzip") ? "as gzip" : TEXT;
      assertEquals(expected, response.text());
    }
  }

  @Test
  void each_encoding_has_a_tag_of_its_own_that_is_honoured() throws IOException {
    Set<String> tags = new HashSet<>();
    for (String coding : List.of("br", "gzip", "identity")) {
      String tag = server.get("/both.css", "Accept-Encoding: " + coding).field("ETag");
      tags.add(tag);
      RawResponse known =
          server.get("/both.css", "Accept-Encoding: " + coding, "If-None-Match: " + tag);
      assertEquals(304, known.status());
      assertEquals("Accept-Encoding", known.field("Vary"));
      assertEquals(tag, known.field("ETag"));
    }
    tags.add(server.get("/made.css", "Accept-Encoding: gzip").field("ETag"));
    tags.add(server.get("/made.css", "Accept-Encoding: br").field("ETag"));
    tags.add(server.get("/made.css").field("ETag"));
    assertEquals(5, tags.size(), "the two plain files are alike");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip, br | br",
        "br | br",
        "gzip | gzip",
        "br;q=0.1, gzip | gzip",
      })
  void text_is_compressed_as_it_is_asked_for(String accepted, String coding) throws IOException {
    for (int i = 0; i < 4; i++) {
      RawResponse response = server.get("/made.css", "Accept-Encoding: " + accepted);
      assertEquals(coding, response.field("Content-Encoding"));
      assertEquals("Accept-Encoding", response.field("Vary"));
      assertEquals("" + response.content().length, response.field("Content-Length"));
      assertTrue(response.content().length < TEXT.length() / 10);
      assertFalse(response.has("Accept-Ranges"));
      assertEquals(TEXT, expanded(coding, response.content()));
    }
    RawResponse plain = server.get("/made.css");
    assertEquals(TEXT, plain.text());
    assertEquals("Accept-Encoding", plain.field("Vary"));
  }

  private static String expanded(String coding, byte[] content) throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(content);
    try (InputStream expanding =
        coding.equals("br") ? new BrotliInputStream(in) : new GZIPInputStream(in)) {
      return new String(expanding.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void what_was_compressed_beforehand_is_not_compressed_again() throws IOException {
    FileServer.write(folder, "only.css", TEXT);
    FileServer.write(folder, "only.css.gz", "as gzip");
    assertEquals("as gzip", server.get("/only.css", "Accept-Encoding: br, gzip").text());
    assertEquals(TEXT, server.get("/only.css", "Accept-Encoding: br").text());
  }

  @Test
  void a_part_is_cut_from_the_plain_file_or_from_the_one_beside() throws IOException {
    RawResponse made = server.get("/made.css", "Accept-Encoding: gzip", "Range: bytes=0-3");
    assertEquals(206, made.status());
    assertEquals("", made.field("Content-Encoding"));
    assertEquals("body", made.text());
    RawResponse beside = server.get("/both.css", "Accept-Encoding: br", "Range: bytes=3-8");
    assertEquals(206, beside.status());
    assertEquals("br", beside.field("Content-Encoding"));
    assertEquals("brotli", beside.text());
  }

  @Test
  void a_file_beside_that_is_older_is_not_used() throws Exception {
    FileServer.write(folder, "old.js", "plain");
    Path gz = FileServer.write(folder, "old.js.gz", "stale");
    Files.setLastModifiedTime(gz, FileTime.from(FileServer.MODIFIED.minusNanos(1000)));
    assertEquals("plain", server.get("/old.js", "Accept-Encoding: gzip").text());
    Files.setLastModifiedTime(gz, FileTime.from(FileServer.MODIFIED));
    Await.until(
        "it is used",
        () -> server.get("/old.js", "Accept-Encoding: gzip").text().equals("stale"));
  }

  @Test
  void only_what_gets_smaller_varies() throws IOException {
    FileServer.write(folder, "a.png", TEXT);
    FileServer.write(folder, "small.css", "x".repeat(FileLimits.DEFAULT.compressBytesMin() - 1));
    FileServer.write(folder, "least.css", "x".repeat(FileLimits.DEFAULT.compressBytesMin()));
    FileServer.write(folder, "most.css", "x".repeat(FileLimits.DEFAULT.compressBytesMax()));
    FileServer.write(folder, "big.css", "x".repeat(FileLimits.DEFAULT.compressBytesMax() + 1));
    for (String name : List.of("a.png", "small.css", "big.css")) {
      RawResponse response = server.get("/" + name, "Accept-Encoding: gzip");
      assertEquals("", response.field("Content-Encoding"), name);
      assertEquals("", response.field("Vary"), name);
    }
    for (String name : List.of("least.css", "most.css")) {
      assertEquals(
          "gzip", server.get("/" + name, "Accept-Encoding: gzip").field("Content-Encoding"), name);
    }
    assertEquals("application/gzip", server.get("/both.css.gz").field("Content-Type"));
  }
}
