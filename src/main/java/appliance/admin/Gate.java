package appliance.admin;

import java.util.Optional;

/** Who may see, and who may command: the holder of this node's token, or a browser signed in. */
final class Gate {

  private static final String BEARER = "Bearer ";

  private final String token;
  private final Sessions sessions;

  Gate(String token, Sessions sessions) {
    this.token = token;
    this.sessions = sessions;
  }

  /** Lets pass who may see. */
  Routes.Handler seeing(Routes.Handler handler) {
    return request ->
        hasToken(request) || sessions.of(request).isPresent() ? handler.handle(request) : unknown();
  }

  /** Lets pass who may command: a browser must show its session's token in a header. */
  Routes.Handler commanding(Routes.Handler handler) {
    return request -> {
      if (hasToken(request)) {
        return handler.handle(request);
      }
      Optional<Session> session = sessions.of(request);
      if (session.isEmpty()) {
        return unknown();
      }
      return Sessions.same(session.get().csrf(), request.header("x-csrf-token").orElse(""))
          ? handler.handle(request)
          : Response.error(403, "the X-CSRF-Token of this session is missing: reload the page");
    };
  }

  /** Lets pass who can read this node's token file; a session is not enough. */
  Routes.Handler ofThisMachine(Routes.Handler handler) {
    return request -> hasToken(request) ? handler.handle(request) : unknown();
  }

  private boolean hasToken(Request request) {
    return request
        .header("authorization")
        .filter(value -> value.startsWith(BEARER))
        .map(value -> Sessions.same(token, value.substring(BEARER.length()).trim()))
        .orElse(false);
  }

  private static Response unknown() {
    return Response.error(401, "sign in, or send this node's admin.token as a bearer token")
        .with("www-authenticate", "Bearer realm=\"appliance\"");
  }
}
