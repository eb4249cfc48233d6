package appliance.edge.upstream;

import appliance.edge.io.Deadlines.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * One connection to an application. Its reads stay resumed while it is idle, so that its end is noticed
 * at once; what happens on it goes to the user of the moment.
 */
public final class HttpConnection {

  private static final Logger log = LoggerFactory.getLogger(HttpConnection.class);

  /** Who uses the connection. */
  public interface User {

    void readable();

    void writable();
  }

  private final StreamConnection connection;
  private final ConnectionPool pool;
  private final Deadline unused = new Deadline(this::close);
  private @Nullable User user;
  private long idleSince;
  private long takenAt;
  private boolean used;
  private boolean closed;

  HttpConnection(StreamConnection connection, ConnectionPool pool) {
    this.connection = connection;
    this.pool = pool;
    connection.getSourceChannel().setReadListener(source -> readable());
    connection.getSinkChannel().setWriteListener(sink -> writable());
    connection.getSourceChannel().resumeReads();
  }

  public ConduitStreamSourceChannel source() {
    return connection.getSourceChannel();
  }

  public ConduitStreamSinkChannel sink() {
    return connection.getSinkChannel();
  }

  /** Whether it has served a request before: it may then be closed at any moment. */
  public boolean kept() {
    return used;
  }

  /** From here on {@code next} is told what happens on it. */
  public void use(User next) {
    user = next;
  }

  /** Gives it back for the next request; the current one is done with it. */
  public void release() {
    user = null;
    used = true;
    pool.release(this);
  }

  void enterIdle() {
    IoThreadContext context = pool.context();
    idleSince = context.deadlines.set(unused, context.limits.keepAlive().toNanos());
  }

  void leaveIdle() {
    pool.context().deadlines.clear(unused);
  }

  /** Another request gets it, at {@code now} of the monotonic clock. */
  void takenAgain(long now) {
    takenAt = now;
  }

  /** When the request of now got it, if it is {@link #kept}. */
  public long takenAt() {
    return takenAt;
  }

  long idleNanos(long now) {
    return now - idleSince;
  }

  /** Closes it for good, and makes its place in the pool free. */
  public void close() {
    if (!closed) {
      closed = true;
      user = null;
      pool.context().deadlines.clear(unused);
      IoUtils.safeClose(connection);
      pool.closed(this);
    }
  }

  /** Takes the raw connection out, for an upgraded protocol; the slot in the pool is kept till close. */
  StreamConnection raw() {
    return connection;
  }

  private void readable() {
    User current = user;
    if (current != null) {
      current.readable();
    } else {
      checkSilence();
    }
  }

  /** An idle application has nothing to say: a byte or the end finishes the connection. */
  private void checkSilence() {
    try {
      if (connection.getSourceChannel().read(ByteBuffer.allocate(1)) != 0) {
        close();
      }
    } catch (IOException e) {
      log.debug("An idle connection broke", e);
      close();
    }
  }

  private void writable() {
    User current = user;
    if (current != null) {
      current.writable();
    } else {
      connection.getSinkChannel().suspendWrites();
    }
  }

  /** Writes what the socket takes. */
  public void write(ByteBuffer bytes) throws IOException {
    ConduitStreamSinkChannel sink = connection.getSinkChannel();
    while (bytes.hasRemaining() && sink.write(bytes) > 0) {
      // the socket takes more
    }
  }
}
