package appliance.cluster;

import appliance.cluster.state.ClusterFile;
import appliance.model.NodeId;
import appliance.runtime.Loop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps in the data folder what a session knows of its cluster beside the log. A thread of its own writes, so that the cluster's
 * loop, which renews the right to write, never waits for a disk that hangs.
 */
final class Keeping implements Executor, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Keeping.class);

  private static final int TASKS_MAX = 100;

  /** For what is still to be written when a session ends; a disk that hangs is not waited for. */
  private static final long CLOSE_MILLIS_MAX = 2000;

  private final Path data;
  private final Object changing = new Object();
  private final AtomicBoolean due = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Loop writes = new Loop("cluster-disk", TASKS_MAX);
  private volatile ClusterFile file;

  /**
   * @param file written before this returns
   */
  Keeping(Path data, ClusterFile file) throws IOException {
    this.data = data;
    this.file = file;
    file.write(data);
  }

  /** As it is to be on disk, and soon is. Any thread. */
  ClusterFile file() {
    return file;
  }

  /** Changes the file; on disk soon, with all that has changed by then. One that cannot be written is at the next change. */
  void soon(UnaryOperator<ClusterFile> change) {
    change(change);
    if (!due.getAndSet(true)) {
      inAnyCase(this::writeDue);
    }
  }

  /** As {@link #execute}, also if much waits; for what waits once at most. */
  private void inAnyCase(Runnable write) {
    try {
      writes.after(Duration.ZERO, write);
    } catch (RejectedExecutionException e) {
      log.debug("The session is over", e);
    }
  }

  /** Never waits for the disk, as {@link #write} does. */
  private void change(UnaryOperator<ClusterFile> change) {
    synchronized (changing) {
      file = change.apply(file);
    }
  }

  private void writeDue() {
    due.set(false);
    try {
      write();
    } catch (UncheckedIOException e) {
      log.debug("Told by then", e);
    }
  }

  /**
   * They are on disk when this returns: at a start they count.
   *
   * @throws UncheckedIOException if they are not; those of before stay
   */
  void voters(Set<NodeId> voters) {
    Set<NodeId> before = file.voters();
    change(known -> known.with(voters));
    try {
      write();
    } catch (UncheckedIOException e) {
      change(known -> known.with(before));
      throw e;
    }
  }

  private synchronized void write() {
    try {
      file.write(data);
    } catch (IOException e) {
      log.error(
          "The cluster's members cannot be written to {}: free space or mend the disk, then"
              + " restart",
          ClusterFile.path(data),
          e);
      throw new UncheckedIOException(e);
    }
  }

  /** Runs what waits for the disk; not if that has hung for long, or once the session is over. */
  @Override
  public void execute(Runnable write) {
    try {
      writes.execute(write);
    } catch (RejectedExecutionException e) {
      log.debug("Not written to {}", data, e);
    }
  }

  /** Nothing is written from then on, but for what a disk that hangs has yet to take. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    inAnyCase(() -> done.complete(null));
    try {
      done.get(CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.warn("The disk of {} takes nothing while this node leaves a cluster", data);
    }
    end();
  }

  /** Whoever interrupts a thread that forces a file waits until the disk has answered: another thread does. */
  private void end() {
    Thread ends = new Thread(writes::close, "cluster-disk-close");
    ends.setDaemon(true);
    ends.start();
    try {
      ends.join(CLOSE_MILLIS_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
