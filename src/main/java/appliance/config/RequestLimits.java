package appliance.config;

import java.time.Duration;

/**
 * What one client is granted.
 *
 * @param headBytesMax of a request's line and header
 * @param headersMax fields of the header
 * @param headTimeMax from the head's first byte to its last, and for a TLS handshake
 * @param bodyBytesMax of a request's body
 */
public record RequestLimits(
    int headBytesMax, int headersMax, Duration headTimeMax, long bodyBytesMax) {

  public static final RequestLimits DEFAULTS =
      new RequestLimits(32 * 1024, 100, Duration.ofSeconds(15), 1L << 30);
}
