package appliance.fastcgi;

import appliance.buffer.ClientDelay;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Writes one request to php: its parameters, and its body as it comes. Belongs to one I/O thread. */
final class RequestWriter {

  private static final int BUFFER_BYTES = 32 * 1024;

  /** In one go, before other connections of the thread have their turn. */
  private static final int RECORDS_MAX = 16;

  private final Link link;
  private final Runnable progress;
  private final Consumer<IOException> failed;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private ByteBuffer out = buffer;
  private Body body = Body.NONE;
  private long written;
  private boolean last = true;
  private boolean awaitsBody;
  private ClientDelay delay = new ClientDelay();

  /**
   * @param progress called after each byte that left
   * @param failed called for what breaks later than {@link #begin}
   */
  RequestWriter(Link link, Runnable progress, Consumer<IOException> failed) {
    this.link = link;
    this.progress = progress;
    this.failed = failed;
  }

  /** Bytes of this request that the kernel has taken. */
  long written() {
    return written;
  }

  boolean done() {
    return last && !out.hasRemaining();
  }

  /** Whether it is the client that keeps it from going on, who has a limit of his own. */
  boolean awaitsBody() {
    return awaitsBody;
  }

  /** The same for so long that php may have given up for that. */
  boolean heldUp(long now) {
    return awaitsBody && delay.excuses(now);
  }

  void greet() throws IOException {
    written = 0;
    out = buffer.clear();
    Records.getValues(out);
    out.flip();
    link.write(out);
    if (out.hasRemaining()) {
      throw new IOException("a new connection takes no byte");
    }
  }

  void begin(Parameters parameters, Body content) throws IOException {
    body = content;
    awaitsBody = false;
    delay = new ClientDelay();
    written = 0;
    last = content.length() < 0;
    int size = Records.paramsBytes(parameters.length()) + Records.HEADER_BYTES;
    out = size <= BUFFER_BYTES ? buffer.clear() : ByteBuffer.allocate(size);
    Records.begin(out);
    Records.params(out, parameters.array(), parameters.length());
    if (last) {
      Records.header(out, Records.STDIN, Records.REQUEST_ID, 0);
    }
    out.flip();
    pump();
  }

  /** Goes on when php takes more. */
  void writable() {
    link.wantWrites(false);
    goOn();
  }

  private void goOn() {
    awaitsBody = false;
    delay.end(System.nanoTime());
    try {
      pump();
    } catch (IOException e) {
      failed.accept(e);
    }
  }

  private void pump() throws IOException {
    for (int i = 0; flushed(); i++) {
      if (last) {
        return;
      }
      if (i == RECORDS_MAX) {
        link.wantWrites(true); // and goes on when the others have had their turn
        return;
      }
      if (!fill()) {
        awaitsBody = true;
        delay.begin(System.nanoTime());
        body.whenReadable(this::goOn);
        return;
      }
    }
  }

  private boolean flushed() throws IOException {
    if (out.hasRemaining()) {
      int n = link.write(out);
      written += n;
      if (n > 0) {
        progress.run();
      }
      if (out.hasRemaining()) {
        link.wantWrites(true);
        return false;
      }
    }
    return true;
  }

  private boolean fill() throws IOException {
    out = buffer.clear().position(Records.HEADER_BYTES);
    int n = body.read(out);
    if (n == 0) {
      out.limit(0);
      return false;
    }
    last = n < 0;
    int end = out.position();
    Records.header(out.position(0), Records.STDIN, Records.REQUEST_ID, Math.max(n, 0));
    out.position(0).limit(end);
    return true;
  }

  /** Drops what is left of the request. */
  void stop() {
    link.wantWrites(false);
    awaitsBody = false;
    body = Body.NONE;
  }
}
