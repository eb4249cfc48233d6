package appliance.fastcgi;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The last bytes of an answer, on their way to a client that may be slower than php. */
final class LastPiece {

  private final Call call;
  private final ByteBuffer bytes;
  private final Upstream upstream;

  LastPiece(Call call, ByteBuffer bytes, Upstream upstream) {
    this.call = call;
    this.bytes = bytes;
    this.upstream = upstream;
  }

  /** Returns whether the buffer is free again; if not, it is given to {@link Buffers} when it is. */
  boolean write() {
    call.reply().watch(upstream.limits().times().idle(), this::stalled);
    if (send()) {
      return true;
    }
    call.reply().whenWritable(this::writeOn);
    return false;
  }

  private void stalled() {
    upstream.counters().aborted().increment();
    call.reply().cut();
  }

  private void writeOn() {
    if (send()) {
      upstream.buffers().give(bytes);
    } else {
      call.reply().whenWritable(this::writeOn);
    }
  }

  private boolean send() {
    Reply reply = call.reply();
    try {
      if (bytes.hasRemaining() && !reply.write(bytes)) {
        return false;
      }
      reply.end();
    } catch (InvalidResponse e) {
      upstream.counters().failures().increment();
      upstream.failures().accept(call + ": " + upstream.address() + " sent " + e.getMessage());
      reply.cut();
    } catch (IOException e) {
      upstream.counters().aborted().increment();
      reply.cut();
    }
    return true;
  }
}
