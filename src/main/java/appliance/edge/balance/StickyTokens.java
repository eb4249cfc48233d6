package appliance.edge.balance;

import appliance.edge.http.Cookies;
import appliance.model.NodeId;
import io.undertow.server.HttpServerExchange;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What a client is given to stay with an application: an HMAC of its key, which names no member to
 * anyone else and which nobody else can make. Any thread.
 *
 * @param key of the cluster, once it is known here
 */
public record StickyTokens(Supplier<Optional<String>> key, Map<NodeId, byte[]> known) {

  /** With what these tokens are kept by a client. */
  public record Cookie(String name, StickyTokens all) {

    /** What the client of {@code exchange} has, by this cookie or the one beside it, if it may be one of ours. */
    @Nullable
    Stay shownBy(HttpServerExchange exchange) {
      Stay own = own(exchange);
      return own == null ? overTls().own(exchange) : own;
    }

    /** The same by this cookie alone. */
    @Nullable
    Stay own(HttpServerExchange exchange) {
      return Stay.of(Cookies.of(exchange.getRequestHeaders(), name));
    }

    /** The one beside it that comes over TLS only, and from other sites' pages as well. */
    Cookie overTls() {
      return new Cookie(name + "-tls", all);
    }
  }

  /** 32 bytes in base64. */
  static final int CHARS = 43;

  private static final String ALGORITHM = "HmacSHA256";

  /** Applications come and go; beyond so many, all are made anew. */
  private static final int KNOWN_MAX = 1_000;

  /** Where a client keeps which member it stays with. */
  public Cookie member() {
    return new Cookie("appliance-stay", this);
  }

  /** Where it keeps which one among several applications of that member. */
  public Cookie among() {
    return new Cookie("appliance-stay-with", this);
  }

  /**
   * @param key of the cluster, once it is known here
   */
  public StickyTokens(Supplier<Optional<String>> key) {
    this(key, new ConcurrentHashMap<>());
  }

  /** The token of {@code member}; null if there is no key yet. */
  @Nullable
  String of(NodeId member) {
    byte[] token = bytes(member);
    return token == null ? null : new String(token, StandardCharsets.US_ASCII);
  }

  boolean fits(String token, NodeId member) {
    byte[] expected = bytes(member);
    return expected != null
        && MessageDigest.isEqual(expected, token.getBytes(StandardCharsets.ISO_8859_1));
  }

  private byte @Nullable [] bytes(NodeId member) {
    byte[] token = known.get(member);
    if (token == null && key.get().isPresent()) {
      token = sign(key.get().get(), member);
      if (known.size() >= KNOWN_MAX) {
        known.clear();
      }
      known.put(member, token);
    }
    return token;
  }

  private static byte[] sign(String key, NodeId member) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.US_ASCII), ALGORITHM));
      byte[] signed = mac.doFinal(("stay with " + member).getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encode(signed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
