package appliance.config;

import java.net.URI;

/** Reads where an application is: {@code http://}, {@code fastcgi://} or {@code fastcgi+unix:}. */
final class ApplicationUrl {

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

  static boolean isFastCgi(URI url) {
    return !"http".equals(url.getScheme());
  }
}
