package appliance.edge.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file that is appended to. One that is full becomes {@code FILE.1}, that one {@code FILE.2} and so on,
 * and the last is deleted. One that another program has moved away is opened anew. Belongs to one thread.
 */
final class LogFile implements AutoCloseable {

  private final Path path;
  private final long bytesMax;
  private final int oldMax;
  private @Nullable FileChannel channel;
  private @Nullable Object key;
  private long bytes;

  /**
   * @param bytesMax of one file, or a little more
   * @param oldMax how many are kept beside it
   */
  LogFile(Path path, long bytesMax, int oldMax) {
    this.path = path;
    this.bytesMax = bytesMax;
    this.oldMax = oldMax;
  }

  /** Writes whole lines, and leaves {@code lines} empty. */
  void append(ByteBuffer lines) throws IOException {
    if (bytes >= bytesMax && channel != null) {
      rotate();
    }
    FileChannel to = channel == null ? open() : channel;
    while (lines.hasRemaining()) {
      bytes += to.write(lines);
    }
  }

  private FileChannel open() throws IOException {
    Path folder = path.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    FileChannel opened = FileChannel.open(
        path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    channel = opened;
    bytes = opened.size();
    key = keyOfPath();
    return opened;
  }

  private @Nullable Object keyOfPath() throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null; // it was moved away
    }
  }

  /** Closes a file that no longer has its name; to be called now and then. */
  void checkName() throws IOException {
    if (channel != null && !Objects.equals(key, keyOfPath())) {
      close();
    }
  }

  private void rotate() throws IOException {
    close();
    Files.deleteIfExists(old(oldMax));
    for (int i = oldMax - 1; i >= 0; i--) {
      Path from = old(i);
      if (Files.exists(from)) {
        Files.move(from, old(i + 1), StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private Path old(int number) {
    return number == 0 ? path : path.resolveSibling(path.getFileName() + "." + number);
  }

  @Override
  public void close() throws IOException {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      open.close();
    }
  }
}
