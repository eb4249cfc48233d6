package appliance.media;

import appliance.runtime.Loop;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread on which this package changes things, and how others have something done on it. */
final class Turns {

  private static final Logger log = LoggerFactory.getLogger(Turns.class);

  private static final Duration ANSWER_MAX = Duration.ofSeconds(60);

  private final Loop loop;

  Turns(Loop loop) {
    this.loop = loop;
  }

  /** Does {@code work} in its turn and returns what it returns. */
  <T> T ask(Callable<T> work) throws IOException {
    return ask(ANSWER_MAX, work);
  }

  /** The same; if it takes longer than {@code atMost}, it is done all the same, but not waited for. */
  <T> T ask(Duration atMost, Callable<T> work) throws IOException {
    CompletableFuture<T> answer = new CompletableFuture<>();
    try {
      loop.execute(() -> {
        try {
          answer.complete(work.call());
        } catch (Exception e) {
          answer.completeExceptionally(e);
        } catch (Error e) {
          log.error("A change of the media folder or its index failed", e);
          answer.completeExceptionally(e);
        }
      });
      return answer.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException | TimeoutException e) {
      throw new IOException("too much to do at once", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("told to end", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IOException("failed: " + e.getCause(), e.getCause());
    }
  }

  /** @return false if too much waits already */
  boolean post(Runnable work) {
    try {
      loop.execute(work);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  void after(Duration delay, Runnable work) {
    try {
      loop.after(delay, work);
    } catch (RejectedExecutionException e) {
      return; // closing
    }
  }
}
