package appliance.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.LogLines;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Brotli where its native code cannot be had. */
final class BrotliTest {

  private static final String TEXT = "body { color: black }\n".repeat(500);

  @TempDir
  private Path folder = Path.of("");

  @Test
  void native_code_that_does_not_load_is_told_in_one_line_with_what_to_do() {
    try (LogLines told = LogLines.of(Brotli.class)) {
      assertFalse(Brotli.load(() -> {
        throw new UnsatisfiedLinkError("failed to map segment");
      }));
      assertEquals(1, told.all().size());
      String line = told.all().get(0);
      assertTrue(line.contains("gzip alone"), line);
      assertTrue(line.contains("failed to map segment"), line);
      assertTrue(line.contains("-Djava.io.tmpdir"), line);
    }
  }

  @Test
  void native_code_that_loads_is_used() {
    AtomicInteger loaded = new AtomicInteger();
    assertTrue(Brotli.load(loaded::incrementAndGet));
    assertEquals(1, loaded.get());
    assertEquals(null, System.getProperty("com.aayushatharva.brotli4j.native.workdir"));
  }

  @Test
  void without_it_texts_are_compressed_by_gzip_for_whoever_takes_both() throws IOException {
    FileServer.write(folder, "made.css", TEXT);
    FileServer.write(folder, "beside.css", TEXT);
    FileServer.write(folder, "beside.css.br", "as brotli");
    try (FileServer server = new FileServer(
        new StaticFiles(FileRoot.site(folder), FileServer.NEXT, Repeats.NONE, () -> false))) {
      for (String accepted : List.of("br, gzip", "br;q=1, gzip;q=0.1", "*")) {
        RawResponse response = server.get("/made.css", "Accept-Encoding: " + accepted);
        assertEquals("gzip", response.field("Content-Encoding"), accepted);
        try (GZIPInputStream in =
            new GZIPInputStream(new ByteArrayInputStream(response.content()))) {
          assertEquals(TEXT, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
      }
      RawResponse plain = server.get("/made.css", "Accept-Encoding: br");
      assertEquals("", plain.field("Content-Encoding"));
      assertEquals("Accept-Encoding", plain.field("Vary"));
      assertEquals(TEXT, plain.text());
      RawResponse beside = server.get("/beside.css", "Accept-Encoding: br, gzip");
      assertEquals("as brotli", beside.text(), "no native code is needed for it");
    }
  }
}
