package appliance.edge.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Leaves a client's connection registered for reads while Undertow has them suspended, and takes it
 * off only when bytes really arrive meanwhile: saves two system calls a request. Its state belongs to
 * the connection's I/O thread.
 */
public final class LazyReads extends AbstractStreamSourceConduit<StreamSourceConduit>
    implements ReadReadyHandler {

  private final Runnable moved;
  private @Nullable ReadReadyHandler handler;
  private boolean wanted;
  private boolean registered;

  private LazyReads(Runnable moved, StreamSourceConduit next) {
    super(next);
    this.moved = moved;
    next.setReadReadyHandler(this);
  }

  /** The same without anyone to tell. */
  public static void install(StreamConnection connection) {
    install(connection, () -> {});
  }

  /**
   * Puts itself below all that is to come on {@code connection}.
   *
   * @param moved called before each read
   */
  public static void install(StreamConnection connection, Runnable moved) {
    ConduitStreamSourceChannel source = connection.getSourceChannel();
    LazyReads lazy = new LazyReads(moved, source.getConduit());
    lazy.setReadReadyHandler(new ReadReadyHandler.ChannelListenerHandler<>(source));
    source.setConduit(lazy);
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    moved.run();
    return next.read(to);
  }

  @Override
  public void setReadReadyHandler(ReadReadyHandler next) {
    handler = next;
  }

  @Override
  public void suspendReads() {
    onThread(() -> wanted = false);
  }

  @Override
  public void resumeReads() {
    onThread(() -> {
      wanted = true;
      if (!registered) {
        registered = true;
        next.resumeReads();
      }
    });
  }

  @Override
  public void wakeupReads() {
    onThread(() -> {
      wanted = true;
      registered = true;
      next.wakeupReads();
    });
  }

  @Override
  public boolean isReadResumed() {
    return wanted;
  }

  /** A handler on a worker thread may end an exchange and resume the reads from there. */
  private void onThread(Runnable change) {
    if (Thread.currentThread() == getReadThread()) {
      change.run();
    } else {
      getReadThread().execute(change);
    }
  }

  @Override
  public void readReady() {
    ReadReadyHandler to = handler;
    if (wanted && to != null) {
      to.readReady();
    } else {
      registered = false;
      next.suspendReads();
    }
  }

  @Override
  public void forceTermination() {
    if (handler != null) {
      handler.forceTermination();
    }
  }

  @Override
  public void terminated() {
    if (handler != null) {
      handler.terminated();
    }
  }
}
