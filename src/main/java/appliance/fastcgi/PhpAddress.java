package appliance.fastcgi;

import appliance.model.HostPort;
import java.net.URI;
import java.nio.file.Path;

/** Where php-fpm listens. */
public sealed interface PhpAddress {

  /** Over TCP: {@code fastcgi://host:port}. */
  record Tcp(HostPort address) implements PhpAddress {
    @Override
    public String toString() {
      return "fastcgi://" + address;
    }
  }

  /** Over a unix socket: {@code fastcgi+unix:/path}. */
  record Unix(Path socket) implements PhpAddress {
    @Override
    public String toString() {
      return "fastcgi+unix:" + socket;
    }
  }

  int PORT_DEFAULT = 9000;

  /**
   * Reads {@code fastcgi://host[:port]} or {@code fastcgi+unix:/absolute/path}.
   *
   * @throws IllegalArgumentException if {@code url} is neither
   */
  static PhpAddress parse(URI url) {
    String path = url.getPath() == null ? "" : url.getPath();
    if ("fastcgi+unix".equals(url.getScheme()) && path.length() > 1 && url.getHost() == null) {
      return new Unix(Path.of(path).normalize());
    }
    boolean bare = path.isEmpty() || path.equals("/");
    if ("fastcgi".equals(url.getScheme()) && url.getHost() != null && bare) {
      return new Tcp(HostPort.parse(url.getAuthority(), PORT_DEFAULT));
    }
    throw new IllegalArgumentException(
        "write fastcgi://host:port or fastcgi+unix:/path/of/the.sock, not " + url);
  }
}
