package appliance.edge.listener;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.xnio.StreamConnection;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Notices the one answer that Undertow gives without an exchange: what its parser cannot read gets these
 * bytes, and nobody else is told. Its answers to requests never look so, as they have a date. Belongs to
 * the connection's I/O thread.
 */
final class ParserRefusals extends AbstractStreamSinkConduit<StreamSinkConduit> {

  private static final byte[] ANSWER =
      "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final StreamConnection connection;
  private final Consumer<StreamConnection> told;
  private boolean noticed;

  private ParserRefusals(StreamConnection connection, Consumer<StreamConnection> told) {
    super(connection.getSinkChannel().getConduit());
    this.connection = connection;
    this.told = told;
  }

  /** Puts itself above all that is on {@code connection} so far; {@code told} is called once at most. */
  static void install(StreamConnection connection, Consumer<StreamConnection> told) {
    connection.getSinkChannel().setConduit(new ParserRefusals(connection, told));
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    if (bytes.remaining() == ANSWER.length && !noticed && bytes.equals(ByteBuffer.wrap(ANSWER))) {
      noticed = true;
      told.accept(connection);
    }
    return next.write(bytes);
  }
}
