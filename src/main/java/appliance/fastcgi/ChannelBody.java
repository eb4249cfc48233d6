package appliance.fastcgi;

import appliance.model.Caller;
import appliance.runtime.Patience;
import appliance.runtime.UnlessEnding;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSourceChannel;

/**
 * A body as the client sends it; asked for with 100 Continue no sooner than php is there to take it. A
 * client that drips it is not waited for.
 */
final class ChannelBody implements Body {

  private final HttpServerExchange exchange;
  private final Caller caller;
  private final long length;
  private final Patience patience;
  private long left;
  private boolean continued;
  private boolean late;
  private @Nullable StreamSourceChannel channel;
  private XnioExecutor.@Nullable Key timer;

  /**
   * @param length the one announced, or -1 for a body that ends when it ends
   * @param time that the client is waited for, for each 8 KiB
   */
  ChannelBody(HttpServerExchange exchange, Caller caller, long length, Duration time) {
    this.exchange = exchange;
    this.caller = caller;
    this.length = length;
    patience = new Patience(time);
    left = length;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public int read(ByteBuffer to) throws ClientFailure {
    if (length >= 0 && left == 0) {
      return -1;
    }
    if (waitsForContinue()) {
      return 0;
    }
    int n = readChannel(to);
    if (n < 0 && length >= 0) {
      throw new ClientFailure("the body ended " + left + " bytes early");
    }
    left -= Math.max(n, 0);
    return n;
  }

  private int readChannel(ByteBuffer to) throws ClientFailure {
    try {
      int n = channel().read(to);
      if (n == 0) {
        checkWait();
      }
      patience.came(n);
      late = false;
      return n;
    } catch (ClientFailure e) {
      throw e;
    } catch (IOException e) {
      throw new ClientFailure(e);
    }
  }

  /** Nothing is there: is anything to be waited for? */
  private void checkWait() throws ClientFailure {
    int refused = caller.bodyRefused();
    if (refused == StatusCodes.REQUEST_ENTITY_TOO_LARGE) {
      throw new ClientFailure(Failure.Kind.TOO_LARGE, "a body that is too large");
    } else if (refused != 0) {
      throw new ClientFailure("a body that is no clear HTTP");
    } else if (late) {
      throw new ClientFailure(Failure.Kind.SLOW, "no more of the body came in time");
    }
  }

  private StreamSourceChannel channel() throws ClientFailure {
    if (channel == null) {
      channel = exchange.getRequestChannel();
      if (channel == null) {
        throw new ClientFailure("the body has been read by someone else");
      }
    }
    return channel;
  }

  private boolean waitsForContinue() {
    return !continued && channel == null && HttpContinue.requiresContinueResponse(exchange);
  }

  @Override
  public void whenReadable(Runnable reader) {
    if (waitsForContinue()) {
      continued = true;
      HttpContinue.sendContinueResponse(exchange, new AfterContinue(reader));
      return;
    }
    StreamSourceChannel source = channel;
    if (source != null) {
      timer = UnlessEnding.executeAfter(
          exchange.getIoThread()::executeAfter,
          () -> late(reader),
          patience.await(),
          TimeUnit.NANOSECONDS);
      source.getReadSetter().set(ready -> goOn(reader));
      source.resumeReads();
    }
  }

  /** What came meanwhile is read first: this node may have slept. */
  private void late(Runnable reader) {
    late = true;
    goOn(reader);
  }

  private void goOn(Runnable reader) {
    pause();
    patience.waited();
    reader.run();
  }

  private void pause() {
    if (timer != null) {
      timer.remove();
      timer = null;
    }
    if (channel != null) {
      channel.suspendReads();
    }
  }

  /** A client that cannot be told is found gone by the read that follows. */
  private record AfterContinue(Runnable next) implements IoCallback {
    @Override
    public void onComplete(HttpServerExchange exchange, Sender sender) {
      next.run();
    }

    @Override
    public void onException(HttpServerExchange exchange, Sender sender, IOException why) {
      next.run();
    }
  }

  @Override
  public boolean untouched() {
    return channel == null && !continued;
  }

  /** Leaves what is unread to whoever ends the exchange. */
  @Override
  public void close() {
    pause();
    if (channel != null) {
      channel = null;
      Connectors.resetRequestChannel(exchange);
    }
  }
}
