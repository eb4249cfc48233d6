package appliance.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The media type of a file by the end of its name, from a table beside this class. */
final class ContentTypes {

  private static final String UNKNOWN = "application/octet-stream";

  /** Types outside of text/ that are text, and so get a charset. */
  private static final Set<String> TEXTS = Set.of(
      "application/xml",
      "application/xhtml+xml",
      "image/svg+xml",
      "application/rss+xml",
      "application/atom+xml",
      "application/xslt+xml",
      "application/rdf+xml");

  /** Types that get smaller by gzip although they are no text with a charset. */
  private static final Set<String> COMPRESSIBLE = Set.of(
      "application/json",
      "application/manifest+json",
      "application/ld+json",
      "application/geo+json",
      "application/wasm",
      "application/vnd.ms-fontobject",
      "font/ttf",
      "font/otf",
      "font/collection",
      "image/x-icon",
      "image/bmp",
      "application/rtf");

  private final Map<String, String> typesByExtension = new HashMap<>();

  ContentTypes() {
    try (InputStream table = ContentTypes.class.getResourceAsStream("content-types.txt")) {
      if (table == null) {
        throw new IllegalStateException("content-types.txt is not in the jar");
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(table, StandardCharsets.US_ASCII));
      lines.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(this::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(String line) {
    String[] words = line.split("\\s+", -1);
    String value = isText(words[0]) ? words[0] + "; charset=utf-8" : words[0];
    for (int i = 1; i < words.length; i++) {
      typesByExtension.put(words[i], value);
    }
  }

  /** The value for Content-Type. */
  String of(String fileName) {
    int dot = fileName.lastIndexOf('.');
    String extension = fileName.substring(dot + 1).toLowerCase(Locale.ROOT);
    return dot < 0 ? UNKNOWN : typesByExtension.getOrDefault(extension, UNKNOWN);
  }

  static boolean isCompressible(String contentType) {
    int end = contentType.indexOf(';');
    String type = end < 0 ? contentType : contentType.substring(0, end);
    return isText(type) || COMPRESSIBLE.contains(type);
  }

  private static boolean isText(String type) {
    return type.startsWith("text/") || TEXTS.contains(type);
  }
}
