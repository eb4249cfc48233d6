package appliance.fastcgi;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The last bytes of an answer, on their way to a client that may be slower than php. */
final class LastPiece {

  private final Call call;
  private final ByteBuffer bytes;
  private final Site site;

  LastPiece(Call call, ByteBuffer bytes, Site site) {
    this.call = call;
    this.bytes = bytes;
    this.site = site;
  }

  /** Returns whether the buffer is free again; if not, it is given to {@link Buffers} when it is. */
  boolean write() {
    if (send()) {
      return true;
    }
    call.reply().whenWritable(this::writeOn);
    return false;
  }

  private void writeOn() {
    if (send()) {
      site.buffers().give(bytes);
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
      site.counters().failures().increment();
      site.failures().accept(call + ": " + site.address() + " sent " + e.getMessage());
      reply.cut();
    } catch (IOException e) {
      site.counters().aborted().increment();
      reply.cut();
    }
    return true;
  }
}
