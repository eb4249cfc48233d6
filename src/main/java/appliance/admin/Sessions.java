package appliance.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * Signs and checks sessions: {@code id.expiry.mac}, nothing kept on any node, so that a session
 * outlives its master. The key is derived from the replicated one and the password's hash: a new
 * password ends all sessions.
 */
final class Sessions {

  static final String COOKIE = "appliance_session";
  static final Duration LIFE = Duration.ofHours(12);

  private static final int ID_BYTES = 16;
  private static final int TOKEN_CHARS_MAX = 200;

  private final AdminSettings settings;
  private final Clock clock;
  private final SecureRandom random;

  Sessions(AdminSettings settings, Clock clock, SecureRandom random) {
    this.settings = settings;
    this.clock = clock;
    this.random = random;
  }

  /** A new session's token; empty while this node knows no key. */
  Optional<String> issue() {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    long expires = clock.instant().plus(LIFE).getEpochSecond();
    String payload = Base64.getUrlEncoder().withoutPadding().encodeToString(id) + "." + expires;
    return key().map(key -> payload + "." + Mac256.of(key, "session " + payload));
  }

  /** The session of {@code request}'s cookie, if that is genuine and not over. */
  Optional<Session> of(Request request) {
    return request.cookie(COOKIE).flatMap(this::verify);
  }

  private Optional<Session> verify(String token) {
    int dot = token.lastIndexOf('.');
    Optional<byte[]> key = key();
    if (dot < 0 || token.length() > TOKEN_CHARS_MAX || key.isEmpty()) {
      return Optional.empty();
    }
    String payload = token.substring(0, dot);
    String mac = Mac256.of(key.get(), "session " + payload);
    if (!same(mac, token.substring(dot + 1))) {
      return Optional.empty();
    }
    return expiry(payload)
        .filter(expires -> clock.instant().isBefore(expires))
        .map(expires -> new Session(expires, Mac256.of(key.get(), "csrf " + payload)));
  }

  private static Optional<Instant> expiry(String payload) {
    try {
      long seconds = Long.parseLong(payload.substring(payload.indexOf('.') + 1));
      return Optional.of(Instant.ofEpochSecond(seconds));
    } catch (NumberFormatException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private Optional<byte[]> key() {
    Optional<String> password = settings.get(AdminAccess.PASSWORD_SETTING);
    return settings
        .get(AdminAccess.SESSION_KEY_SETTING)
        .map(key -> key.getBytes(StandardCharsets.UTF_8))
        .filter(key -> key.length >= AdminAccess.SESSION_KEY_BYTES)
        .flatMap(key -> password.map(hash -> Mac256.bytes(key, hash)));
  }

  /** Compares without telling by its time how much is alike. */
  static boolean same(String expected, String given) {
    return MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }
}
