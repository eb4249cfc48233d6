package appliance.admin;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which handler answers which method and path, exactly; built once, then only read. */
final class Routes {

  /** Answers one request; runs on a worker thread and may block for some seconds. */
  @FunctionalInterface
  interface Handler {
    Response handle(Request request);
  }

  private final Map<String, Map<String, Handler>> byPath = new LinkedHashMap<>();

  /** A handler of GET answers HEAD as well; the listener leaves out the body. */
  Routes get(String path, Handler handler) {
    return add("HEAD", path, handler).add("GET", path, handler);
  }

  Routes post(String path, Handler handler) {
    return add("POST", path, handler);
  }

  private Routes add(String method, String path, Handler handler) {
    byPath.computeIfAbsent(path, p -> new TreeMap<>()).put(method, handler);
    return this;
  }

  /** Empty if no handler has this path; 405 if none has this method on it. */
  Optional<Response> answer(Request request) {
    return Optional.ofNullable(byPath.get(request.path())).map(methods -> {
      Handler handler = methods.get(request.method());
      return handler != null
          ? handler.handle(request)
          : Response.error(405, request.path() + " takes " + String.join(", ", methods.keySet()))
              .with("allow", String.join(", ", methods.keySet()));
    });
  }
}
