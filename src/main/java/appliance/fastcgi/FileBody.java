package appliance.fastcgi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.xnio.IoUtils;

/** A body that lies in a file of its own, which is gone once closed. */
final class FileBody implements Body {

  private final FileChannel file;
  private final long length;
  private final Runnable closed;
  private long at;

  FileBody(FileChannel file, long length, Runnable closed) {
    this.file = file;
    this.length = length;
    this.closed = closed;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    if (at == length) {
      return -1;
    }
    int n = file.read(to, at);
    if (n < 0) {
      throw new ClientFailure("the body kept on disk is shorter than it was");
    }
    at += n;
    return n;
  }

  @Override
  public void whenReadable(Runnable reader) {
    reader.run();
  }

  /** It can be read again, but no longer by anyone else. */
  @Override
  public boolean untouched() {
    return false;
  }

  /** Makes it start at its beginning. */
  void rewind() {
    at = 0;
  }

  @Override
  public void close() {
    if (file.isOpen()) {
      IoUtils.safeClose(file);
      closed.run();
    }
  }
}
