package appliance.config;

import appliance.model.Endpoints;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Reads where applications are: {@code http://}, {@code fastcgi://} or {@code fastcgi+unix:}. */
final class ApplicationUrl {

  /** Of a socket's path that Java connects to: one less than Linux takes. */
  static final int SOCKET_BYTES_MAX = 106;

  private ApplicationUrl() {}

  /**
   * Reads it in its plain form, with the port always there.
   *
   * @throws IllegalArgumentException if it is none of the three
   */
  static URI read(String text) {
    URI url = URI.create(text);
    if (url.getRawQuery() != null || url.getRawFragment() != null || url.getRawUserInfo() != null) {
      throw new IllegalArgumentException("more than a place");
    }
    String path = url.getRawPath() == null ? "" : url.getRawPath();
    if ("fastcgi+unix".equals(url.getScheme()) && url.getHost() == null && path.length() > 1) {
      return URI.create("fastcgi+unix:" + path);
    }
    if (url.getHost() == null || !(path.isEmpty() || path.equals("/"))) {
      throw new IllegalArgumentException("not host and port alone");
    }
    return URI.create(url.getScheme() + "://" + url.getHost() + ":" + port(url));
  }

  private static int port(URI url) {
    int usual = "http".equals(url.getScheme()) ? 80 : "fastcgi".equals(url.getScheme()) ? 9000 : 0;
    int port = usual == 0 || url.getPort() >= 0 ? url.getPort() : usual;
    if (usual == 0 || port < 1 || port > 65535) {
      throw new IllegalArgumentException("not an application's scheme or port");
    }
    return port;
  }

  /** Tells {@code refuse} all that keeps these from being the applications of one site on one node. */
  static void check(List<URI> urls, Consumer<String> refuse) {
    if (urls.size() > EdgeConfig.APPS_MAX) {
      refuse.accept("has " + urls.size() + " applications, and " + EdgeConfig.APPS_MAX
          + " is the most a node can have for one site; write fewer");
    }
    int bytes = announced(urls);
    if (bytes > Endpoints.APP_BYTES_MAX) {
      refuse.accept("takes " + bytes + " bytes to tell the other nodes of, and "
          + Endpoints.APP_BYTES_MAX + " is the most; write shorter names");
    }
    Set<URI> seen = new HashSet<>();
    for (URI url : urls) {
      if (!seen.add(url)) {
        refuse.accept("names " + url + " twice; write each application once");
      }
    }
    for (URI url : urls) {
      int length = socketBytes(url);
      if (length > SOCKET_BYTES_MAX) {
        refuse.accept("names " + url + ", a socket whose path takes " + length + " bytes, and "
            + SOCKET_BYTES_MAX + " is the most a socket can have; give it a shorter one");
      }
    }
    if (urls.stream().map(ApplicationUrl::isFastCgi).distinct().count() > 1) {
      refuse.accept(
          "mixes http:// and fastcgi; write one kind, or give the other a site of its own");
    }
  }

  private static int socketBytes(URI url) {
    return "fastcgi+unix".equals(url.getScheme())
        ? url.getPath().getBytes(StandardCharsets.UTF_8).length
        : 0;
  }

  private static int announced(List<URI> urls) {
    return Endpoints.together(urls)
        .map(url -> url.toString().getBytes(StandardCharsets.UTF_8).length)
        .orElse(0);
  }

  static boolean isFastCgi(URI url) {
    return !"http".equals(url.getScheme());
  }
}
