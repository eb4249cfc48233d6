package appliance.files;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/** One reader's hold on a file that {@link OpenFiles} opened; others may read the same at once. */
final class OpenFile implements AutoCloseable {

  /** The file at the path is not the one that was looked up any more. */
  static final class Changed extends IOException {

    private static final long serialVersionUID = 1;

    Changed(String what) {
      super(what);
    }
  }

  /** As many files are open as may be. */
  static final class TooMany extends IOException {

    private static final long serialVersionUID = 1;

    TooMany(int max) {
      super(max + " files are open, the limit");
    }
  }

  private final FileChannel channel;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  OpenFile(FileChannel channel, Runnable release) {
    this.channel = channel;
    this.release = release;
  }

  /** To be read by position only, since it is shared. */
  FileChannel channel() {
    return channel;
  }

  /** The whole content, proven to be that of {@code stamp}. */
  byte[] readAll(Stamp stamp) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(stamp.size()));
    while (content.hasRemaining()) {
      if (channel.read(content, content.position()) < 0) {
        throw new Changed(stamp.file() + " was truncated while it was read");
      }
    }
    OpenFiles.check(channel, stamp);
    return content.array();
  }

  /** Fills {@code buffer} from {@code position}. */
  void read(ByteBuffer buffer, long position) throws IOException {
    long at = position;
    while (buffer.hasRemaining()) {
      int n = channel.read(buffer, at);
      if (n < 0) {
        throw new EOFException("truncated at " + at);
      }
      at += n;
    }
  }

  /** Ends this hold; again does nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }
}
