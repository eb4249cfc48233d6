package appliance.fastcgi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/**
 * A socket to php: bytes by its channels, readiness by XNIO. Belongs to one I/O thread.
 *
 * @param connection tells readiness, and closes
 */
record Link(StreamConnection connection, ReadableByteChannel in, WritableByteChannel out) {

  void listen(Runnable readable, Runnable writable) {
    connection.getSourceChannel().setReadListener(channel -> readable.run());
    connection.getSinkChannel().setWriteListener(channel -> writable.run());
  }

  int read(ByteBuffer to) throws IOException {
    return in.read(to);
  }

  int write(ByteBuffer from) throws IOException {
    return out.write(from);
  }

  void wantReads(boolean wanted) {
    if (wanted) {
      connection.getSourceChannel().resumeReads();
    } else {
      connection.getSourceChannel().suspendReads();
    }
  }

  void wantWrites(boolean wanted) {
    if (wanted) {
      connection.getSinkChannel().resumeWrites();
    } else {
      connection.getSinkChannel().suspendWrites();
    }
  }

  void close() {
    IoUtils.safeClose(connection);
  }
}
