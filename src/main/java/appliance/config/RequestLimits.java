package appliance.config;

import java.time.Duration;

/**
 * What one client is granted.
 *
 * @param headBytesMax of a request's line and header
 * @param headersMax fields of the header
 * @param headTimeMax from the head's first byte to its last, and for a TLS handshake
 * @param bodyBytesMax of a request's body
 * @param bodyTimeMax that the client is waited for, for each 8 KiB of a body
 * @param requestsMax on one connection; then it ends with the answer. 0: no limit
 */
public record RequestLimits(
    int headBytesMax,
    int headersMax,
    Duration headTimeMax,
    long bodyBytesMax,
    Duration bodyTimeMax,
    int requestsMax) {

  public static final RequestLimits DEFAULTS = new RequestLimits(
      32 * 1024, 100, Duration.ofSeconds(15), 1L << 30, Duration.ofSeconds(60), 1000);
}
