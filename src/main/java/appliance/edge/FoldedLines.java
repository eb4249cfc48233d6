package appliance.edge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.xnio.StreamConnection;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Has requests with a folded header line (obs-fold) refused, as RFC 9112, section 5.2 wants it: Undertow
 * would join the lines. The blank that begins such a line becomes a NUL on its way to Undertow's parser,
 * which answers 400 to that. Belongs to the connection's I/O thread.
 *
 * <p>{@link RequestFraming} tells heads from bodies. What it cannot follow it leaves alone, to the end of
 * the connection.
 */
final class FoldedLines extends AbstractStreamSourceConduit<StreamSourceConduit> {

  private final RequestFraming framing = new RequestFraming();

  private FoldedLines(StreamSourceConduit next) {
    super(next);
  }

  /** Puts itself above all that is on {@code connection} so far. */
  static void install(StreamConnection connection) {
    FoldedLines lines = new FoldedLines(connection.getSourceChannel().getConduit());
    connection.getSourceChannel().setConduit(lines);
  }

  /** The same where bytes have been read before: those from position to limit of {@code read}. */
  static void install(StreamConnection connection, ByteBuffer read) {
    FoldedLines lines = new FoldedLines(connection.getSourceChannel().getConduit());
    lines.framing.follow(read, read.position(), read.limit());
    connection.getSourceChannel().setConduit(lines);
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    int start = to.position();
    int read = next.read(to);
    if (read > 0) {
      framing.follow(to, start, start + read);
    }
    return read;
  }

  @Override
  public long read(ByteBuffer[] to, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      if (to[i].hasRemaining()) {
        return read(to[i]);
      }
    }
    return 0;
  }

  @Override
  public long transferTo(long position, long count, FileChannel target) throws IOException {
    framing.lose();
    return next.transferTo(position, count, target);
  }

  @Override
  public long transferTo(long count, ByteBuffer through, StreamSinkChannel target)
      throws IOException {
    framing.lose();
    return next.transferTo(count, through, target);
  }
}
