package appliance.admin;

import appliance.model.ClusterView;
import appliance.model.Wait;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signs browsers in and out. Checks one password at a time: each check costs a core for a while. */
final class Login {

  private static final Logger log = LoggerFactory.getLogger(Login.class);

  private static final String COOKIE_RULES = "; Path=/; HttpOnly; SameSite=Strict";

  private final AdminSettings settings;
  private final Supplier<ClusterView> view;
  private final Sessions sessions;
  private final Throttle throttle;
  private final Semaphore one = new Semaphore(1);

  Login(AdminSettings settings, Supplier<ClusterView> view, Sessions sessions, Throttle throttle) {
    this.settings = settings;
    this.view = view;
    this.sessions = sessions;
    this.throttle = throttle;
  }

  /** {@code POST /api/login} with {@code {"password": "..."}}. */
  Response signIn(Request request) {
    Optional<String> hash = settings.get(AdminAccess.PASSWORD_SETTING);
    Optional<String> password = password(request);
    if (password.isEmpty()) {
      return Response.error(400, "send {\"password\": \"...\"} as application/json");
    }
    if (hash.isEmpty()) {
      return Response.error(
          503,
          "this node does not know the cluster's password yet: "
              + view.get()
                  .joining()
                  .map(Wait::words)
                  .orElse(
                      "wait until it has joined; if the cluster has none, 'appliance password' on a"
                          + " node makes one"));
    }
    if (!one.tryAcquire()) {
      return tooMany(Duration.ofSeconds(1));
    }
    try {
      Optional<Duration> wait = throttle.waitOf(request.source());
      return wait.isPresent() ? tooMany(wait.get()) : check(request, password.get(), hash.get());
    } finally {
      one.release();
    }
  }

  private Response check(Request request, String password, String hash) {
    if (!AdminPassword.verify(password, hash)) {
      throttle.failed(request.source());
      log.warn("Wrong admin password from {}", request.source());
      return Response.error(401, "this is not the password");
    }
    throttle.succeeded(request.source());
    log.info("Admin signed in from {}", request.source());
    return sessions
        .issue()
        .map(token -> Response.json(200, Map.of("user", AdminAccess.USER))
            .with("set-cookie", cookie(request, token, Sessions.LIFE)))
        .orElseGet(() -> Response.error(503, "this node has no key for sessions yet"));
  }

  private static Response tooMany(Duration wait) {
    long seconds = Math.max(1, wait.plusMillis(999).toSeconds());
    return Response.error(429, "too many tries: wait " + seconds + " s")
        .with("retry-after", Long.toString(seconds));
  }

  /** {@code POST /api/logout}. */
  Response signOut(Request request) {
    return Response.json(200, Map.of()).with("set-cookie", cookie(request, "", Duration.ZERO));
  }

  /** {@code GET /api/session}: who is signed in, until when, and the token for commands. */
  Response show(Request request) {
    return sessions
        .of(request)
        .map(session -> Response.json(
            200,
            Map.of(
                "user",
                AdminAccess.USER,
                "expires",
                session.expires().toString(),
                "csrf",
                session.csrf())))
        .orElseGet(() -> Response.error(401, "sign in first"));
  }

  private static String cookie(Request request, String token, Duration life) {
    return Sessions.COOKIE + "=" + token + "; Max-Age=" + life.toSeconds() + COOKIE_RULES
        + (request.secure() ? "; Secure" : "");
  }

  private static Optional<String> password(Request request) {
    if (!request.header("content-type").orElse("").startsWith("application/json")) {
      return Optional.empty();
    }
    try (JsonReader json = new JsonReader(new StringReader(request.body()))) {
      json.setStrictness(Strictness.STRICT);
      json.beginObject();
      String password = json.nextName().equals("password") ? json.nextString() : "";
      json.endObject();
      return Optional.of(password.strip())
          .filter(p -> !p.isEmpty() && p.length() <= AdminPassword.CHARS_MAX);
    } catch (IOException | IllegalStateException e) {
      return Optional.empty();
    }
  }
}
