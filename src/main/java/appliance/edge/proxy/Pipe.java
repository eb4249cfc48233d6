package appliance.edge.proxy;

import appliance.edge.http.WebSocketFrames;
import appliance.edge.upstream.IoThreadContext;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;

/** One direction of a tunnel: one buffer, taken only while there is something in it. */
final class Pipe {

  private static final int READS_MAX = 16;

  private final IoThreadContext context;
  private final ConduitStreamSourceChannel from;
  private final ConduitStreamSinkChannel to;
  private @Nullable PooledByteBuffer held;
  private boolean ending;
  private boolean ended;
  private boolean muted;
  private final WebSocketFrames frames = new WebSocketFrames();

  Pipe(IoThreadContext context, ConduitStreamSourceChannel from, ConduitStreamSinkChannel to) {
    this.context = context;
    this.from = from;
    this.to = to;
  }

  /** Starts with bytes that were read before. */
  void begin(ByteBuffer early) throws IOException {
    while (early.hasRemaining() && held == null) {
      PooledByteBuffer pooled = context.buffers.allocate();
      ByteBuffer buffer = pooled.getBuffer();
      int length = Math.min(early.remaining(), buffer.remaining());
      buffer.put(early.slice().limit(length)).flip();
      frames.pass(buffer.duplicate());
      early.position(early.position() + length);
      held = pooled;
      move();
    }
    if (early.hasRemaining()) {
      throw new IOException("the client did not take what the application sent first");
    }
  }

  /**
   * Lets nothing more through after one last frame.
   *
   * @return false if a frame is under way: try again after it
   */
  boolean last(ByteBuffer frame) throws IOException {
    if (muted) {
      return true;
    }
    if (held != null || ended || !frames.atBoundary()) {
      return false;
    }
    muted = true;
    while (frame.hasRemaining() && to.write(frame) > 0) {
      // four bytes fit wherever any do
    }
    return true;
  }

  boolean ended() {
    return ended;
  }

  void move() throws IOException {
    boolean more = true;
    for (int reads = 0; more; reads++) {
      if (!write()) {
        from.suspendReads();
        to.resumeWrites();
        return;
      }
      // What the last of them read is written too: nothing else may ever come.
      more = !ending && reads < READS_MAX && read();
    }
    if (ending) {
      end();
    } else {
      to.suspendWrites();
      from.resumeReads();
    }
  }

  private boolean write() throws IOException {
    PooledByteBuffer pooled = held;
    if (pooled == null) {
      return true;
    }
    ByteBuffer buffer = pooled.getBuffer();
    while (buffer.hasRemaining() && to.write(buffer) > 0) {
      // the socket takes more
    }
    if (buffer.hasRemaining()) {
      return false;
    }
    release();
    return true;
  }

  private boolean read() throws IOException {
    PooledByteBuffer pooled = context.buffers.allocate();
    int read = -2;
    try {
      read = from.read(pooled.getBuffer());
      ending = read < 0;
      if (read > 0) {
        pooled.getBuffer().flip();
        if (muted) {
          pooled.getBuffer().clear().limit(0);
        }
        frames.pass(pooled.getBuffer().duplicate());
        held = pooled;
      }
      return read > 0;
    } finally {
      if (read <= 0) {
        pooled.close();
      }
    }
  }

  private void end() throws IOException {
    from.suspendReads();
    if (!ended) {
      to.shutdownWrites();
      ended = to.flush();
      if (ended) {
        to.suspendWrites();
      } else {
        to.resumeWrites();
      }
    }
  }

  void release() {
    if (held != null) {
      held.close();
      held = null;
    }
  }
}
