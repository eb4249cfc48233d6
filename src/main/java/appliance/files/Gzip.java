package appliance.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;

/** Compresses a text that was asked for in gzip and lies on disk plain. */
final class Gzip {

  private Gzip() {}

  static byte[] compress(byte[] content) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(content.length / 2 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed, 8192)) {
      gzip.write(content);
    }
    return compressed.toByteArray();
  }
}
