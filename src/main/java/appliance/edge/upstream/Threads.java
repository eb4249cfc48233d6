package appliance.edge.upstream;

import appliance.buffer.AnswerMemory;
import appliance.edge.io.ThreadBuffers;
import appliance.edge.stats.EdgeStats;
import appliance.runtime.UnlessEnding;
import io.undertow.connector.ByteBufferPool;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/** The I/O threads of the edge with their contexts, and the worker threads for handlers that block. */
public final class Threads {

  private static final Logger log = LoggerFactory.getLogger(Threads.class);

  private static final int BUFFER_BYTES = 16 * 1024;
  private static final int UPSTREAM_BUFFER_BYTES = 32 * 1024;
  private static final int BLOCKING_THREADS_MAX = 16;
  private static final int SETTLE_SECONDS_MAX = 1;

  public final XnioWorker worker;

  /** For the clients' side. */
  public final ByteBufferPool buffers;

  public final IoThreadContexts contexts;

  /**
   * @param contexts is filled, and its size is the number of I/O threads
   * @param relayTls for connections to other members' relays
   */
  public Threads(
      IoThreadContexts contexts,
      UpstreamLimits limits,
      EdgeStats stats,
      Optional<RelayTls> relayTls) {
    this.contexts = contexts;
    buffers = new ThreadBuffers(BUFFER_BYTES, stats.buffers);
    try {
      worker = Xnio.getInstance(Threads.class.getClassLoader())
          .createWorker(OptionMap.builder()
              .set(Options.WORKER_NAME, "edge")
              .set(Options.WORKER_IO_THREADS, contexts.size())
              .set(Options.WORKER_TASK_CORE_THREADS, 2)
              .set(Options.WORKER_TASK_MAX_THREADS, BLOCKING_THREADS_MAX)
              .set(Options.THREAD_DAEMON, true)
              .getMap());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    ByteBufferPool upstream = new ThreadBuffers(UPSTREAM_BUFFER_BYTES, stats.buffers);
    AnswerMemory memory = AnswerMemory.of(upstream);
    for (int found = 0; found < contexts.size(); ) {
      XnioIoThread thread = worker.getIoThread();
      int number = thread.getNumber();
      if (!contexts.has(number)) {
        contexts.set(
            number, new IoThreadContext(thread, limits, upstream, memory, stats, relayTls));
        found++;
      }
    }
  }

  /** Has every I/O thread look again at what waits for a change of the rotation. */
  public void wake() {
    for (int i = 0; i < contexts.size(); i++) {
      IoThreadContext context = contexts.get(i);
      UnlessEnding.execute(context.thread, context.held::wake);
    }
  }

  /** Has every I/O thread send away the clients of upgraded connections to {@code app}, or all of them. */
  public void goAway(@Nullable App app) {
    for (int i = 0; i < contexts.size(); i++) {
      IoThreadContext context = contexts.get(i);
      UnlessEnding.execute(context.thread, () -> context.goAway(app));
    }
  }

  /** How many upgraded connections there are. */
  public int upgraded() {
    int sum = 0;
    for (int i = 0; i < contexts.size(); i++) {
      sum += contexts.get(i).upgraded();
    }
    return sum;
  }

  /** Has every I/O thread close the clients' connections on which nothing moves. */
  public void sweepClients() {
    for (int i = 0; i < contexts.size(); i++) {
      IoThreadContext context = contexts.get(i);
      UnlessEnding.execute(context.thread, context.clients::sweep);
    }
  }

  /** Runs {@code done} once every I/O thread has done what it is at now, on the last of them. */
  public void fence(Runnable done) {
    AtomicInteger left = new AtomicInteger(contexts.size());
    for (int i = 0; i < contexts.size(); i++) {
      UnlessEnding.execute(contexts.get(i).thread, () -> {
        if (left.decrementAndGet() == 0) {
          done.run();
        }
      });
    }
  }

  /** Has every I/O thread give up what is under way to {@code app}. */
  public void abandon(App app, String why) {
    for (int i = 0; i < contexts.size(); i++) {
      IoThreadContext context = contexts.get(i);
      UnlessEnding.execute(context.thread, () -> context.abandon(app, why));
    }
  }

  /** Has every I/O thread forget {@code app}. */
  public void retire(App app) {
    app.retire();
    for (int i = 0; i < contexts.size(); i++) {
      IoThreadContext context = contexts.get(i);
      UnlessEnding.execute(context.thread, () -> context.retire(app));
    }
  }

  /** Returns once the threads have done what they were given before, and ended; or after some seconds. */
  public void close() {
    try {
      settle();
      worker.shutdownNow();
      if (!worker.awaitTermination(5, TimeUnit.SECONDS)) {
        log.warn("The edge's threads did not end within 5 s");
      }
    } catch (InterruptedException e) {
      worker.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  /** Connections that were closed end requests, which are told of. */
  private void settle() throws InterruptedException {
    for (int i = 0; i < 2 && !worker.isShutdown(); i++) {
      CountDownLatch done = new CountDownLatch(1);
      fence(done::countDown);
      if (!done.await(SETTLE_SECONDS_MAX, TimeUnit.SECONDS)) {
        return;
      }
    }
  }
}
