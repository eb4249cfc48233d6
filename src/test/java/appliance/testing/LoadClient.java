package appliance.testing;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A closed-loop client: each thread sends its next request when it has the last answer, keeps its
 * connection as long as the server does, and counts every single outcome.
 */
public final class LoadClient implements AutoCloseable {

  private static final int FAILURES_KEPT_MAX = 10_000;

  private final List<Integer> ports;
  private final String method;
  private final String path;
  private final List<Thread> threads = new ArrayList<>();
  private final Map<Integer, LongAdder> byStatus = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> byApp = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Failure> failures = new ConcurrentLinkedQueue<>();
  private final LongAdder sent = new LongAdder();
  private final long begin = System.nanoTime();
  private final long requestsPerThread;
  private volatile boolean ending;

  private LoadClient(List<Integer> ports, String method, String path, long requestsPerThread) {
    this.ports = List.copyOf(ports);
    this.method = method;
    this.path = path;
    this.requestsPerThread = requestsPerThread;
  }

  /** A request that brought no 2xx, and when: since the client's start. */
  public record Failure(Duration at, int port, String reason) {}

  /** Runs until it is ended; thread i talks to port i, and so on around. */
  public static LoadClient start(List<Integer> ports, String path, int threads) {
    return start(ports, "GET", path, threads, Long.MAX_VALUE);
  }

  /** As {@link #start}, with POSTs. */
  public static LoadClient startWriting(List<Integer> ports, String path, int threads) {
    return start(ports, "POST", path, threads, Long.MAX_VALUE);
  }

  /** Sends {@code requests} in all and returns when the last is answered. */
  public static LoadClient run(List<Integer> ports, String path, int threads, long requests) {
    LoadClient client = start(ports, "GET", path, threads, requests / threads);
    client.join();
    return client;
  }

  private static LoadClient start(
      List<Integer> ports, String method, String path, int threads, long each) {
    LoadClient client = new LoadClient(ports, method, path, each);
    for (int i = 0; i < threads; i++) {
      int port = client.ports.get(i % client.ports.size());
      Thread thread = new Thread(() -> client.loop(port), "load-" + i);
      client.threads.add(thread);
      thread.start();
    }
    return client;
  }

  private void loop(int port) {
    Http connection = null;
    for (long i = 0; i < requestsPerThread && !ending; i++) {
      connection = once(port, connection);
    }
    close(connection);
  }

  /** Returns the connection to go on with. */
  private @Nullable Http once(int port, @Nullable Http open) {
    Http connection = open;
    sent.increment();
    try {
      if (connection == null) {
        connection = new Http(port);
      }
      Http.Reply reply = connection.send(method, path, Map.of(), new byte[0]);
      count(port, reply);
      if (!reply.isLast()) {
        return connection;
      }
    } catch (IOException | RuntimeException e) {
      fail(port, e.toString());
      Await.pause(10);
    }
    close(connection);
    return null;
  }

  private void count(int port, Http.Reply reply) {
    byStatus.computeIfAbsent(reply.status(), status -> new LongAdder()).increment();
    if (reply.status() / 100 == 2) {
      String app = reply.header(TestApp.NAME_HEADER);
      byApp.computeIfAbsent(app, name -> new LongAdder()).increment();
    } else {
      fail(port, reply.toString());
    }
  }

  private void fail(int port, String reason) {
    if (failures.size() < FAILURES_KEPT_MAX) {
      failures.add(new Failure(Duration.ofNanos(System.nanoTime() - begin), port, reason));
    }
  }

  private void close(@Nullable Http connection) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (IOException e) {
      failures.add(new Failure(Duration.ZERO, 0, "close: " + e));
    }
  }

  /** Requests sent so far. */
  public long sent() {
    return sent.sum();
  }

  public List<Failure> failures() {
    return List.copyOf(failures);
  }

  /** Successful answers so far by the name of the app that gave them. */
  public Map<String, Long> byApp() {
    Map<String, Long> counts = new TreeMap<>();
    byApp.forEach((name, count) -> counts.put(name, count.sum()));
    return counts;
  }

  public Map<Integer, Long> byStatus() {
    Map<Integer, Long> counts = new TreeMap<>();
    byStatus.forEach((status, count) -> counts.put(status, count.sum()));
    return counts;
  }

  /** Time since the start, on the clock of {@link Failure#at}. */
  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Waits until {@code more} further requests have been sent. */
  public LoadClient awaitMore(long more) {
    long goal = sent() + more;
    Await.until(more + " more requests were sent", () -> sent() >= goal);
    return this;
  }

  private void join() {
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }
  }

  /** Lets each thread finish its request. */
  public LoadClient end() {
    ending = true;
    join();
    return this;
  }

  @Override
  public void close() {
    end();
  }

  @Override
  public String toString() {
    return sent() + " requests, by status " + byStatus() + ", by app " + byApp() + ", failures "
        + failures.stream().limit(20).toList();
  }
}
