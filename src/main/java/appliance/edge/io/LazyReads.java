package appliance.edge.io;

import appliance.edge.http.Scattered;
import appliance.runtime.UnlessEnding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Leaves a client's connection registered for reads while Undertow has them suspended, and takes it
 * off only when bytes really arrive meanwhile: saves two system calls a request. Its state belongs to
 * the connection's I/O thread.
 *
 * <p>Whoever waits for the client's end has it read meanwhile all the same: an end shows in no other way. What
 * comes before the end is kept for the next read; with too much of it the end is not found any more.
 */
public final class LazyReads extends AbstractStreamSourceConduit<StreamSourceConduit>
    implements ReadReadyHandler, ClientEnd {

  private static final Logger log = LoggerFactory.getLogger(LazyReads.class);

  /** Of what a client sends on while it waits: the word of TLS that it ends, another request, a small form. */
  private static final int KEPT_BYTES_MAX = 4096;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Runnable moved;
  private @Nullable ReadReadyHandler handler;
  private boolean wanted;
  private boolean registered;
  private @Nullable Runnable gone;

  /** Read while nobody wanted it. */
  private ByteBuffer kept = NOTHING;

  /** Whether the end was read, too: the socket does not tell of it again. */
  private boolean ended;

  private LazyReads(Runnable moved, StreamSourceConduit next) {
    super(next);
    this.moved = moved;
    next.setReadReadyHandler(this);
  }

  /** The same without anyone to tell. */
  public static LazyReads install(StreamConnection connection) {
    return install(connection, () -> {});
  }

  /**
   * Puts itself below all that is to come on {@code connection}.
   *
   * @param moved called before each read
   */
  public static LazyReads install(StreamConnection connection, Runnable moved) {
    ConduitStreamSourceChannel source = connection.getSourceChannel();
    LazyReads lazy = new LazyReads(moved, source.getConduit());
    lazy.setReadReadyHandler(new ReadReadyHandler.ChannelListenerHandler<>(source));
    source.setConduit(lazy);
    return lazy;
  }

  @Override
  public void watch(Runnable then) {
    gone = then;
    lookForEnd();
  }

  @Override
  public void unwatch() {
    gone = null;
  }

  private void lookForEnd() {
    if (gone != null && !registered && !ended && kept.remaining() < KEPT_BYTES_MAX) {
      registered = true;
      next.resumeReads();
    }
  }

  /** Reads what is here, as the end stands behind it. */
  private void look(Runnable then) {
    ByteBuffer all = ByteBuffer.allocate(KEPT_BYTES_MAX).put(kept.duplicate());
    try {
      moved.run();
      if (next.read(all) >= 0) {
        kept = ByteBuffer.allocate(all.position()).put(all.flip()).flip();
        return;
      }
    } catch (IOException e) {
      log.debug("A client broke its connection", e);
    }
    ended = true;
    registered = false;
    next.suspendReads();
    unwatch();
    then.run();
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    if (kept.hasRemaining()) {
      return takeKept(to);
    }
    moved.run();
    return next.read(to);
  }

  private boolean readAhead() {
    return ended || kept.hasRemaining();
  }

  private int takeKept(ByteBuffer to) {
    int length = Math.min(kept.remaining(), to.remaining());
    to.put(kept.slice().limit(length));
    kept.position(kept.position() + length);
    if (!kept.hasRemaining()) {
      kept = NOTHING;
    }
    if (wanted && readAhead()) {
      next.wakeupReads(); // the socket does not tell of what is here already
    }
    return length;
  }

  @Override
  public long read(ByteBuffer[] to, int offset, int length) throws IOException {
    if (!kept.hasRemaining()) {
      return next.read(to, offset, length);
    }
    ByteBuffer first = Scattered.first(to, offset, length);
    return first == null ? 0 : takeKept(first);
  }

  @Override
  public long transferTo(long position, long count, FileChannel target) throws IOException {
    return kept.hasRemaining()
        ? target.transferFrom(new ConduitReadableByteChannel(this), position, count)
        : next.transferTo(position, count, target);
  }

  @Override
  public long transferTo(long count, ByteBuffer through, StreamSinkChannel target)
      throws IOException {
    return kept.hasRemaining()
        ? IoUtils.transfer(new ConduitReadableByteChannel(this), count, through, target)
        : next.transferTo(count, through, target);
  }

  @Override
  public void awaitReadable() throws IOException {
    if (!readAhead()) {
      next.awaitReadable();
    }
  }

  @Override
  public void awaitReadable(long time, TimeUnit unit) throws IOException {
    if (!readAhead()) {
      next.awaitReadable(time, unit);
    }
  }

  @Override
  public void setReadReadyHandler(ReadReadyHandler next) {
    handler = next;
  }

  @Override
  public void suspendReads() {
    onThread(() -> {
      wanted = false;
      lookForEnd();
    });
  }

  @Override
  public void resumeReads() {
    onThread(() -> {
      wanted = true;
      if (readAhead()) {
        registered = true;
        next.wakeupReads();
      } else if (!registered) {
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
      UnlessEnding.execute(getReadThread(), change);
    }
  }

  @Override
  public void readReady() {
    ReadReadyHandler to = handler;
    Runnable watching = gone;
    if (wanted && to != null) {
      to.readReady();
    } else if (watching != null && kept.remaining() < KEPT_BYTES_MAX) {
      look(watching);
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
