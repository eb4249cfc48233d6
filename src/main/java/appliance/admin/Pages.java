package appliance.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The UI's files, out of the jar; read when asked for, known by name, a few kilobytes each. */
final class Pages {

  private static final List<String> FILES = List.of(
      "index.html",
      "app.css",
      "app.js",
      "api.js",
      "view.js",
      "members.js",
      "commands.js",
      "entrants.js",
      "rates.js",
      "format.js",
      "icon.svg");

  private static final Map<String, String> TYPES = Map.of(
      "html", "text/html; charset=utf-8",
      "css", "text/css; charset=utf-8",
      "js", "text/javascript; charset=utf-8",
      "svg", "image/svg+xml");

  private Pages() {}

  static void addTo(Routes routes) {
    FILES.forEach(file -> routes.get("/" + file, request -> answer(file, request)));
    routes.get("/", request -> answer("index.html", request));
  }

  private static Response answer(String file, Request request) {
    String content = read(file);
    String type = TYPES.getOrDefault(file.substring(file.lastIndexOf('.') + 1), "text/plain");
    String tag = tag(content);
    Map<String, String> headers =
        Map.of("content-type", type, "cache-control", "no-cache", "etag", tag);
    return tag.equals(request.header("if-none-match").orElse(""))
        ? new Response(304, headers, "")
        : new Response(200, headers, content);
  }

  private static String read(String file) {
    try (InputStream in = Pages.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("the jar has no " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the jar cannot be read; was it replaced?", e);
    }
  }

  private static String tag(String content) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return '"' + HexFormat.of().formatHex(Arrays.copyOf(hash, 12)) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
