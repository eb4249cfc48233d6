package appliance.edge.listener;

import appliance.runtime.UnlessEnding;
import io.undertow.protocols.http2.Http2Channel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;

/**
 * Looks now and then at an HTTP/2 connection, and ends it if nobody has a request on it, or if a header block has
 * begun and does not go on: Undertow would keep either as long as a connection whose answer is awaited. Belongs to the
 * connection's I/O thread.
 */
final class Http2Watch {

  private final Http2Channel channel;
  private final Http2Guard guard;
  private final Http2Streams streams;
  private final int lookMillis;
  private final Quiet quiet;
  private volatile XnioExecutor.@Nullable Key next;

  /**
   * @param lookMillis between two looks: as long as a header block may take
   * @param keptMillis how long a connection is kept without a request
   */
  Http2Watch(
      Http2Channel channel,
      Http2Guard guard,
      Http2Streams streams,
      int lookMillis,
      int keptMillis) {
    this.channel = channel;
    this.guard = guard;
    this.streams = streams;
    this.lookMillis = lookMillis;
    quiet = new Quiet((keptMillis + lookMillis - 1) / lookMillis);
  }

  /** Counts the looks between which no request was there. */
  static final class Quiet {

    private final int looksMax;
    private int looks;
    private int served;

    Quiet(int looksMax) {
      this.looksMax = looksMax;
    }

    /** Whether there were enough of them; a new request begins the count anew. */
    boolean look(boolean idle, int servedNow) {
      looks = idle && served == servedNow ? looks + 1 : 0;
      served = servedNow;
      return looks > looksMax;
    }
  }

  /** To be called once. */
  void begin() {
    // Else all connections of the last moments would be kept until they are looked at.
    channel.addCloseTask(closed -> end());
    lookLater();
  }

  private void lookLater() {
    next = UnlessEnding.executeAfter(
        channel.getIoThread()::executeAfter, this::look, lookMillis, TimeUnit.MILLISECONDS);
  }

  private void end() {
    XnioExecutor.Key waits = next;
    if (waits != null) {
      waits.remove();
    }
  }

  private void look() {
    if (!channel.isOpen()) {
      return;
    }
    if (guard.late(System.nanoTime())) {
      channel.sendGoAway(Http2Channel.ERROR_ENHANCE_YOUR_CALM);
      return;
    }
    if (quiet.look(streams.idle(), streams.served())) {
      streams.leave();
    }
    lookLater();
  }
}
