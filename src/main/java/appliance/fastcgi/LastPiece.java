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
    call.answer().watch(upstream.limits().times().idle(), this::stalled);
    if (send()) {
      return true;
    }
    call.answer().whenWritable(this::writeOn);
    return false;
  }

  private void stalled() {
    upstream.counters().aborted().increment();
    call.answer().cut();
  }

  private void writeOn() {
    if (send()) {
      upstream.buffers().give(bytes);
    } else {
      call.answer().whenWritable(this::writeOn);
    }
  }

  private boolean send() {
    Answer answer = call.answer();
    try {
      if (bytes.hasRemaining() && !answer.write(bytes)) {
        return false;
      }
      answer.end();
    } catch (InvalidResponse e) {
      upstream.counters().failures().increment();
      upstream.failures().accept(call + ": " + upstream.address() + " sent " + e.getMessage());
      answer.cut();
    } catch (IOException e) {
      upstream.counters().aborted().increment();
      answer.cut();
    }
    return true;
  }
}
