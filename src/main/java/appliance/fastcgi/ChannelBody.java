package appliance.fastcgi;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSourceChannel;

/** A body as the client sends it; asked for with 100 Continue no sooner than php is there to take it. */
final class ChannelBody implements Body {

  private final HttpServerExchange exchange;
  private final long length;
  private long left;
  private boolean continued;
  private @Nullable StreamSourceChannel channel;

  /** {@code length} is the one announced, or -1 for a body that ends when it ends. */
  ChannelBody(HttpServerExchange exchange, long length) {
    this.exchange = exchange;
    this.length = length;
    left = length;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
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
      return channel().read(to);
    } catch (IOException e) {
      throw new ClientFailure(e);
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
      source.getReadSetter().set(ready -> {
        ready.suspendReads();
        reader.run();
      });
      source.resumeReads();
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

  @Override
  public void close() {
    if (channel != null) {
      channel.suspendReads();
    }
  }
}
