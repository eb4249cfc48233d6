package appliance.edge.http;

import io.undertow.util.HttpString;
import java.util.Set;

/** What is known about request methods by RFC 9110, section 9.2. */
public final class Methods {

  private static final Set<HttpString> IDEMPOTENT = Set.of(
      io.undertow.util.Methods.GET,
      io.undertow.util.Methods.HEAD,
      io.undertow.util.Methods.OPTIONS,
      io.undertow.util.Methods.PUT,
      io.undertow.util.Methods.DELETE);

  private static final Set<HttpString> SAFE = Set.of(
      io.undertow.util.Methods.GET,
      io.undertow.util.Methods.HEAD,
      io.undertow.util.Methods.OPTIONS);

  private Methods() {}

  /** Whether a request may be sent twice without more effect than once. */
  public static boolean idempotent(HttpString method) {
    return IDEMPOTENT.contains(method);
  }

  /** Whether a request only reads. */
  public static boolean safe(HttpString method) {
    return SAFE.contains(method);
  }
}
