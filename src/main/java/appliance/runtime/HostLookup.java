package appliance.runtime;

import appliance.model.HostPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The address behind a host's name, for callers that must not wait for a name server: looked up by another thread,
 * one at a time, and again while it is in use, as it may change. One that was found is used until another one
 * is: an outage of the name server is none of the host. Any thread.
 */
public final class HostLookup {

  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Threads that hang with a name server, as they may for half a minute, must be nobody else's. */
  private static final int THREADS_MAX = 4;

  private static final int QUEUE_MAX = 1000;
  private static final Executor THREADS = threads();

  private final HostPort host;
  private final Names names;
  private final Executor threads;
  private final List<Consumer<InetSocketAddress>> waiting = new ArrayList<>();

  /** Whether no name server is asked, and nothing changes. */
  private final boolean fixed;

  private boolean looking;
  private volatile @Nullable InetSocketAddress known;
  private volatile long lookedAt;

  /** Finds addresses of names; may block. */
  @FunctionalInterface
  public interface Names {

    InetAddress find(String host) throws UnknownHostException;
  }

  public HostLookup(HostPort host, Names names) {
    this(host, names, THREADS);
  }

  /**
   * @param threads for the looking up
   */
  HostLookup(HostPort host, Names names, Executor threads) {
    this.host = host;
    this.names = names;
    this.threads = threads;
    fixed = host.isAddress() || host.host().equals("localhost");
  }

  private static Executor threads() {
    ThreadPoolExecutor threads = new ThreadPoolExecutor(
        THREADS_MAX,
        THREADS_MAX,
        10,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(QUEUE_MAX),
        task -> {
          Thread thread = new Thread(task, "host-lookup");
          thread.setDaemon(true);
          return thread;
        });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /**
   * Hands over the address: at once if one is known, else on another thread, or at once if there is none to be had.
   * Without any it is {@linkplain InetSocketAddress#isUnresolved unresolved}. Never waits.
   */
  public void find(Consumer<InetSocketAddress> then) {
    InetSocketAddress now = known == null && fixed && lookedAt == 0 ? look() : known;
    if (now != null) {
      then.accept(now);
      refresh();
    } else {
      synchronized (this) {
        waiting.add(then);
      }
      lookUp();
    }
  }

  private void refresh() {
    if (!fixed && System.nanoTime() - lookedAt > FRESH_NANOS) {
      lookUp();
    }
  }

  private void lookUp() {
    synchronized (this) {
      if (looking) {
        return;
      }
      looking = true;
    }
    try {
      threads.execute(this::lookAndTell);
    } catch (RejectedExecutionException closing) {
      tell(null);
    }
  }

  private void lookAndTell() {
    InetSocketAddress found = known;
    try {
      found = look();
    } finally {
      tell(found);
    }
  }

  private @Nullable InetSocketAddress look() {
    try {
      return ask();
    } catch (UnknownHostException none) {
      return known;
    }
  }

  private void tell(@Nullable InetSocketAddress found) {
    List<Consumer<InetSocketAddress>> told;
    synchronized (this) {
      looking = false;
      told = List.copyOf(waiting);
      waiting.clear();
    }
    InetSocketAddress address =
        found == null ? InetSocketAddress.createUnresolved(host.host(), host.port()) : found;
    told.forEach(one -> one.accept(address));
  }

  /**
   * The address if one is known; else looks it up on this thread, which may block.
   *
   * @throws UnknownHostException if there is none
   */
  public InetSocketAddress await() throws UnknownHostException {
    InetSocketAddress now = known;
    if (now == null) {
      return ask();
    }
    refresh();
    return now;
  }

  private InetSocketAddress ask() throws UnknownHostException {
    try {
      InetSocketAddress found = new InetSocketAddress(names.find(host.host()), host.port());
      known = found;
      return found;
    } catch (UnknownHostException e) {
      UnknownHostException told = unknown(host.host());
      told.initCause(e);
      throw told;
    } finally {
      lookedAt = System.nanoTime();
    }
  }

  /** In the words that users read. */
  public static UnknownHostException unknown(String name) {
    return new UnknownHostException("no address is known for the name " + name);
  }
}
