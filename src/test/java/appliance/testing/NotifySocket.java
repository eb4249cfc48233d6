package appliance.testing;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The end of {@code sd_notify(3)} where systemd is: a datagram socket in the file system. It has a
 * folder of its own, since the path of a socket has 107 bytes at most (unix(7)), and that of a
 * test's folder may have more.
 */
public final class NotifySocket implements AutoCloseable {

  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SHUT_RDWR = 2;

  private final LibC libc = Native.load("c", LibC.class);
  private final int descriptor = libc.socket(AF_UNIX, SOCK_DGRAM, 0);
  private final Path path = folder().resolve("notify");
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final Thread reader = new Thread(this::read, "notify-socket");

  public NotifySocket() {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    try (Memory address = new Memory(name.length + 3L)) {
      address.clear();
      address.setShort(0, (short) AF_UNIX);
      address.write(2, name, 0, name.length);
      if (libc.bind(descriptor, address, (int) address.size()) != 0) {
        throw new IllegalStateException("cannot bind " + path);
      }
    }
    reader.setDaemon(true);
    reader.start();
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("systemd");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the environment's {@code NOTIFY_SOCKET} says. */
  public String path() {
    return path.toString();
  }

  private void read() {
    byte[] buffer = new byte[1024];
    for (long n = libc.recv(descriptor, buffer, buffer.length, 0);
        n > 0;
        n = libc.recv(descriptor, buffer, buffer.length, 0)) {
      heard.add(new String(buffer, 0, (int) n, StandardCharsets.UTF_8));
    }
  }

  /** What was said so far, in order. */
  public List<String> heard() {
    return List.copyOf(heard);
  }

  @Override
  public void close() {
    libc.shutdown(descriptor, SHUT_RDWR);
    libc.close(descriptor);
    try {
      Files.delete(path);
      Files.delete(path.getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The calls of libc that this needs. */
  interface LibC extends Library {
    int socket(int domain, int type, int protocol);

    int bind(int descriptor, Memory address, int length);

    long recv(int descriptor, byte[] buffer, long length, int flags);

    int shutdown(int descriptor, int how);

    int close(int descriptor);
  }
}
