package appliance.edge.http;

import appliance.runtime.UnlessEnding;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Keeps from Undertow's parser what it takes and RFC 9112 does not: folded header lines (section 5.2),
 * which it would join, and broken chunks (7.1), most of which it reads as something else; and a chunked body that is too large. The blank that
 * begins a folded line becomes a NUL, which it answers with 400; what is behind such a chunk is never
 * read, and the connection ends. Belongs to the connection's I/O thread.
 *
 * <p>{@link RequestFraming} tells heads from bodies. What it cannot follow it leaves alone, to the end of
 * the connection.
 */
public final class StrictReads extends AbstractStreamSourceConduit<StreamSourceConduit>
    implements Layer {

  /** After what is refused: for whoever reads the body to answer, and for the answer to arrive. */
  private static final int ANSWER_SECONDS_MAX = 5;

  private final StreamConnection connection;
  private final RequestFraming framing;

  private StrictReads(StreamConnection connection, long bodyBytesMax) {
    super(connection.getSourceChannel().getConduit());
    framing = new RequestFraming(bodyBytesMax);
    this.connection = connection;
  }

  @Override
  public StreamSourceConduit below() {
    return next;
  }

  /** Puts itself above all that is on {@code connection} so far. */
  public static void install(StreamConnection connection, long bodyBytesMax) {
    StrictReads lines = new StrictReads(connection, bodyBytesMax);
    connection.getSourceChannel().setConduit(lines);
  }

  /** The same where bytes have been read before: those from position to limit of {@code read}. */
  public static void install(StreamConnection connection, long bodyBytesMax, ByteBuffer read) {
    StrictReads lines = new StrictReads(connection, bodyBytesMax);
    read.limit(lines.follow(read, read.position(), read.limit()));
    connection.getSourceChannel().setConduit(lines);
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    int start = to.position();
    int read = next.read(to);
    if (read <= 0) {
      return read;
    }
    int sound = framing.refused() != null ? start : follow(to, start, start + read);
    to.position(sound);
    return sound - start;
  }

  private int follow(ByteBuffer bytes, int start, int end) {
    int sound = framing.follow(bytes, start, end);
    if (framing.refused() != null) {
      UnlessEnding.executeAfter(
          getReadThread()::executeAfter,
          () -> IoUtils.safeClose(connection),
          ANSWER_SECONDS_MAX,
          TimeUnit.SECONDS);
    }
    return sound;
  }

  /** Why no more of the body of {@code exchange} will be read; null if it will. */
  public static RequestRules.@Nullable Refused refused(HttpServerExchange exchange) {
    StrictReads reads = Layer.find(exchange, StrictReads.class);
    return reads == null ? null : reads.framing.refused();
  }

  /** What follows on the connection of {@code exchange} is another protocol. */
  public static void end(HttpServerExchange exchange) {
    StrictReads reads = Layer.find(exchange, StrictReads.class);
    if (reads != null) {
      reads.framing.lose();
    }
  }

  @Override
  public long read(ByteBuffer[] to, int offset, int length) throws IOException {
    ByteBuffer first = Scattered.first(to, offset, length);
    return first == null ? 0 : read(first);
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
