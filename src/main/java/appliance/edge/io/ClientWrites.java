package appliance.edge.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.WriteReadyHandler;

/**
 * The lowest part of a client's connection on the way out: notes that something moves, and finishes
 * hot answers that the socket does not take at once, while Undertow believes the connection to be idle.
 * Its state belongs to the connection's I/O thread.
 */
public final class ClientWrites extends AbstractStreamSinkConduit<StreamSinkConduit>
    implements WriteReadyHandler, Clients.Client {

  /** Told how a late write ended; at most one call. */
  public interface Ended {

    void written();

    void broken(@Nullable IOException cause);
  }

  private final StreamConnection connection;
  private final Clients clients;
  private @Nullable WriteReadyHandler upper;
  private ByteBuffer @Nullable [] rest;
  private @Nullable Ended ended;

  private int quietSweeps;

  private ClientWrites(StreamConnection connection, Clients clients, StreamSinkConduit next) {
    super(next);
    this.connection = connection;
    this.clients = clients;
    next.setWriteReadyHandler(this);
  }

  /** Puts it below all other conduits of {@code connection}. */
  public static ClientWrites install(StreamConnection connection, Clients clients) {
    ConduitStreamSinkChannel sink = connection.getSinkChannel();
    ClientWrites late = new ClientWrites(connection, clients, sink.getConduit());
    late.setWriteReadyHandler(new WriteReadyHandler.ChannelListenerHandler<>(sink));
    sink.setConduit(late);
    clients.add(late);
    return late;
  }

  /** Learns that the client sent or took something. */
  public void moved() {
    quietSweeps = 0;
  }

  @Override
  public int quietSweeps() {
    return ++quietSweeps;
  }

  @Override
  public void close() {
    IoUtils.safeClose(connection);
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    quietSweeps = 0;
    return next.write(bytes);
  }

  @Override
  public long write(ByteBuffer[] bytes, int offset, int length) throws IOException {
    quietSweeps = 0;
    return next.write(bytes, offset, length);
  }

  @Override
  public int writeFinal(ByteBuffer bytes) throws IOException {
    quietSweeps = 0;
    return next.writeFinal(bytes);
  }

  @Override
  public long writeFinal(ByteBuffer[] bytes, int offset, int length) throws IOException {
    quietSweeps = 0;
    return next.writeFinal(bytes, offset, length);
  }

  @Override
  public long transferFrom(FileChannel from, long position, long count) throws IOException {
    quietSweeps = 0;
    return next.transferFrom(from, position, count);
  }

  @Override
  public void setWriteReadyHandler(WriteReadyHandler handler) {
    upper = handler;
  }

  /** Writes what the socket takes; whether that is all. */
  public boolean writeNow(ByteBuffer[] bytes) throws IOException {
    if (bytes.length == 1) {
      next.write(bytes[0]);
      return !bytes[0].hasRemaining();
    }
    next.write(bytes, 0, bytes.length);
    return !Buffers.hasRemaining(bytes);
  }

  /** Writes {@code left} as the client takes it. */
  public void writeLater(ByteBuffer[] left, Ended then) {
    rest = left;
    ended = then;
    next.resumeWrites();
  }

  /** Whether bytes of an answer wait for the socket. */
  public boolean pending() {
    return rest != null;
  }

  @Override
  public void writeReady() {
    ByteBuffer[] left = rest;
    if (left == null) {
      if (upper != null) {
        upper.writeReady();
      }
      return;
    }
    try {
      if (writeNow(left)) {
        next.suspendWrites();
        over().written();
      }
    } catch (IOException e) {
      next.suspendWrites();
      over().broken(e);
    }
  }

  private Ended over() {
    Ended told = ended;
    if (told == null) {
      throw new IllegalStateException("nothing was left to be written");
    }
    rest = null;
    ended = null;
    return told;
  }

  @Override
  public void forceTermination() {
    if (pending()) {
      over().broken(null);
    }
    if (upper != null) {
      upper.forceTermination();
    }
  }

  @Override
  public void terminated() {
    clients.remove(this);
    if (pending()) {
      over().broken(null);
    }
    if (upper != null) {
      upper.terminated();
    }
  }
}
