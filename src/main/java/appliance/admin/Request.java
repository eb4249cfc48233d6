package appliance.admin;

import java.util.Map;
import java.util.Optional;

/**
 * One whole request to the admin, from the listener or from another node.
 *
 * @param path as decoded, with its leading slash
 * @param parameters the query's, the first value of each
 * @param headers names in lower case, the first value of each
 * @param body UTF-8, at most {@link #BODY_BYTES_MAX}
 * @param source the client's address
 * @param secure whether the client speaks HTTPS
 */
record Request(
    String method,
    String path,
    Map<String, String> parameters,
    Map<String, String> headers,
    String body,
    String source,
    boolean secure) {

  static final int BODY_BYTES_MAX = 16 * 1024;

  Request {
    parameters = Map.copyOf(parameters);
    headers = Map.copyOf(headers);
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  Optional<String> cookie(String name) {
    for (String pair : headers.getOrDefault("cookie", "").split(";", -1)) {
      String trimmed = pair.trim();
      if (trimmed.startsWith(name + "=")) {
        return Optional.of(trimmed.substring(name.length() + 1));
      }
    }
    return Optional.empty();
  }
}
