package appliance.edge.listener;

import appliance.config.RequestLimits;
import appliance.edge.io.EdgeLimits;
import io.undertow.UndertowOptions;
import org.xnio.OptionMap;

/** What Undertow's listeners grant a client: it leaves most of it open. */
public final class ClientLimits {

  private ClientLimits() {}

  /** As Undertow's options. */
  public static OptionMap options(RequestLimits limits) {
    return OptionMap.builder()
        .set(UndertowOptions.MAX_ENTITY_SIZE, limits.bodyBytesMax())
        .set(UndertowOptions.MAX_HEADER_SIZE, limits.headBytesMax())
        .set(UndertowOptions.MAX_HEADERS, limits.headersMax())
        .set(UndertowOptions.MAX_PARAMETERS, EdgeLimits.PARAMETERS_MAX)
        // RequestRules reads the target: Undertow ends all of an HTTP/2 connection for a stray "%"
        // in it.
        .set(UndertowOptions.DECODE_URL, false)
        .set(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, true)
        .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, (int) limits.headTimeMax().toMillis())
        .set(UndertowOptions.NO_REQUEST_TIMEOUT, EdgeLimits.KEEP_ALIVE_MILLIS)
        .set(UndertowOptions.ALWAYS_SET_DATE, true)
        .set(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
        .getMap();
  }

  /**
   * The same as {@code limits} for HTTP/1.1: the length of a body is looked at by {@code RequestRules} and
   * {@code StrictReads}, as Undertow prints the stack of each chunked one that is too long.
   */
  static OptionMap http1(OptionMap limits) {
    return OptionMap.builder()
        .addAll(limits)
        .set(UndertowOptions.MAX_ENTITY_SIZE, -1L)
        .getMap();
  }
}
