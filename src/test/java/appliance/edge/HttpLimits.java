package appliance.edge;

import appliance.edge.upstream.UpstreamLimits;
import java.time.Duration;

/** What tests grant applications over HTTP in place of the defaults. */
final class HttpLimits {

  private HttpLimits() {}

  static UpstreamLimits firstByte(UpstreamLimits of, Duration firstByte) {
    return with(of, firstByte, of.idle(), of.total());
  }

  /** Without a byte, once the answer has begun. */
  static UpstreamLimits idle(UpstreamLimits of, Duration idle) {
    return with(of, of.firstByte(), idle, of.total());
  }

  /** To the end of an answer. */
  static UpstreamLimits total(UpstreamLimits of, Duration total) {
    return with(of, of.firstByte(), of.idle(), total);
  }

  private static UpstreamLimits with(
      UpstreamLimits of, Duration firstByte, Duration idle, Duration total) {
    return new UpstreamLimits(
        of.connect(),
        firstByte,
        idle,
        total,
        of.tunnelIdle(),
        of.queue(),
        of.keepAlive(),
        of.connectionsMax(),
        of.waitingMax(),
        of.clientBody(),
        of.abort());
  }
}
