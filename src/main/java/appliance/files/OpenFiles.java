package appliance.files;

import appliance.runtime.UnlessEnding;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/**
 * The files open for reading: bounded, shared by all who send the same, and kept open for some seconds
 * after the last of them. All state is guarded by this; nothing blocks under it but a close.
 */
final class OpenFiles implements AutoCloseable {

  private static final int IDLE_MAX = 64;
  private static final long IDLE_SECONDS_MAX = 5;

  /** One open file. */
  private static final class Shared {

    private final FileChannel channel;
    private int users;
    private long idleSinceNanos;

    private Shared(FileChannel channel) {
      this.channel = channel;
    }
  }

  private final int openMax;
  /** By last use, the oldest first. */
  private final Map<Stamp, Shared> files = new LinkedHashMap<>(16, 0.75f, true);
  /** Open but not in the map. */
  private int unshared;

  private boolean sweeping;

  OpenFiles(int openMax) {
    this.openMax = openMax;
  }

  /** The file of {@code stamp} if it is open already and as long as then; does not block. */
  Optional<OpenFile> shared(Stamp stamp) throws IOException {
    OpenFile file = take(stamp);
    if (file == null) {
      return Optional.empty();
    }
    boolean same = false;
    try {
      same = file.channel().size() == stamp.size();
    } finally {
      if (!same) {
        file.close();
      }
    }
    return same ? Optional.of(file) : Optional.empty();
  }

  private synchronized @Nullable OpenFile take(Stamp stamp) {
    Shared file = files.get(stamp);
    return file == null ? null : use(file);
  }

  private OpenFile use(Shared file) {
    file.users++;
    return new OpenFile(file.channel, () -> release(file));
  }

  /**
   * Opens the file of {@code stamp} for others too; {@code sweeper} closes it later.
   *
   * @throws OpenFile.Changed if something else is there by now
   * @throws OpenFile.TooMany if as many are open as may be
   */
  OpenFile openShared(Stamp stamp, XnioExecutor sweeper) throws IOException {
    FileChannel channel = open(stamp);
    synchronized (this) {
      unshared--;
      Shared file = files.get(stamp);
      if (file == null) {
        file = new Shared(channel);
        files.put(stamp, file);
      } else {
        IoUtils.safeClose(channel);
      }
      sweepLater(sweeper);
      return use(file);
    }
  }

  /** Opens the file of {@code stamp} for one reader; else the same. */
  OpenFile openAlone(Stamp stamp) throws IOException {
    FileChannel channel = open(stamp);
    return new OpenFile(channel, () -> closeUnshared(channel));
  }

  private FileChannel open(Stamp stamp) throws IOException {
    reserve();
    FileChannel channel = null;
    try {
      channel = FileChannel.open(
          stamp.file(), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
      check(channel, stamp);
      return channel;
    } catch (IOException | RuntimeException e) {
      closeUnshared(channel);
      throw e;
    }
  }

  private synchronized void reserve() throws IOException {
    if (files.size() + unshared >= openMax) {
      closeIdle(0, 0);
    }
    if (files.size() + unshared >= openMax) {
      throw new OpenFile.TooMany(openMax);
    }
    unshared++;
  }

  private synchronized void closeUnshared(@Nullable FileChannel channel) {
    unshared--;
    IoUtils.safeClose(channel);
  }

  /** That {@code channel} and the file's path both still are what was looked up. */
  static void check(FileChannel channel, Stamp stamp) throws IOException {
    if (!stamp.file().toRealPath().equals(stamp.file())
        || !Stamp.of(stamp.file(), Locator.attributes(stamp.file())).equals(stamp)
        || channel.size() != stamp.size()) {
      throw new OpenFile.Changed(stamp.file() + " was changed while it was opened");
    }
  }

  private synchronized void release(Shared file) {
    file.users--;
    file.idleSinceNanos = System.nanoTime();
    if (files.size() > IDLE_MAX) {
      closeIdle(IDLE_MAX, TimeUnit.SECONDS.toNanos(IDLE_SECONDS_MAX));
    }
  }

  /** Closes files that nobody reads: those above a number, and those idle for longer than a time. */
  private synchronized void closeIdle(int idleMax, long idleNanosMax) {
    long now = System.nanoTime();
    int above = files.size() - idleMax;
    Iterator<Shared> oldest = files.values().iterator();
    while (oldest.hasNext()) {
      Shared file = oldest.next();
      boolean old = now - file.idleSinceNanos >= idleNanosMax;
      if (file.users == 0 && (above > 0 || old)) {
        oldest.remove();
        IoUtils.safeClose(file.channel);
        above--;
      }
    }
  }

  private synchronized void sweepLater(XnioExecutor sweeper) {
    if (!sweeping) {
      sweeping = UnlessEnding.executeAfter(
              sweeper::executeAfter, () -> sweep(sweeper), IDLE_SECONDS_MAX, TimeUnit.SECONDS)
          != null;
    }
  }

  private synchronized void sweep(XnioExecutor sweeper) {
    sweeping = false;
    closeIdle(IDLE_MAX, TimeUnit.SECONDS.toNanos(IDLE_SECONDS_MAX));
    if (!files.isEmpty()) {
      sweepLater(sweeper);
    }
  }

  /** Files that somebody reads. */
  synchronized int inUse() {
    return unshared
        + (int) files.values().stream().filter(file -> file.users > 0).count();
  }

  /** Closes what nobody reads; readers close theirs. */
  @Override
  public synchronized void close() {
    closeIdle(0, 0);
  }
}
