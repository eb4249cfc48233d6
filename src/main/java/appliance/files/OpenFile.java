package appliance.files;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A file open for reading that was proven to be the one that was looked up; counted while open. */
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
  private final AtomicInteger open;
  private final AtomicBoolean closed = new AtomicBoolean();

  private OpenFile(FileChannel channel, AtomicInteger open) {
    this.channel = channel;
    this.open = open;
  }

  /**
   * Opens the file of {@code stamp}.
   *
   * @param open files that are open now
   * @throws Changed if something else is there by now
   * @throws TooMany if {@code openMax} are open
   */
  static OpenFile of(Stamp stamp, AtomicInteger open, int openMax) throws IOException {
    if (open.incrementAndGet() > openMax) {
      open.decrementAndGet();
      throw new TooMany(openMax);
    }
    OpenFile file;
    try {
      file = new OpenFile(
          FileChannel.open(
              stamp.file(), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)),
          open);
    } catch (IOException | RuntimeException e) {
      open.decrementAndGet();
      throw e;
    }
    try {
      file.check(stamp);
      return file;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void check(Stamp stamp) throws IOException {
    if (!stamp.file().toRealPath().equals(stamp.file())
        || !Stamp.of(stamp.file(), Locator.attributes(stamp.file())).equals(stamp)
        || channel.size() != stamp.size()) {
      throw new Changed(stamp.file() + " was changed while it was opened");
    }
  }

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
    check(stamp);
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

  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      open.decrementAndGet();
      channel.close();
    }
  }
}
