package appliance.runtime;

import appliance.model.HostPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The address behind a host's name, for callers that must not wait for a name server: looked up by one other
 * thread at a time, and again while it is in use, as it may change. One that was found is used until another one
 * is: an outage of the name server is none of the host. Any thread.
 */
public final class HostLookup {

  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final HostPort host;
  private final Names names;
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
    this.host = host;
    this.names = names;
    fixed = host.isAddress() || host.host().equals("localhost");
  }

  /**
   * Hands over the address: at once if one is known, else on one of {@code threads}, or at once if there is none to
   * be had. Without any it is {@linkplain InetSocketAddress#isUnresolved unresolved}. Never waits.
   */
  public void find(Executor threads, Consumer<InetSocketAddress> then) {
    InetSocketAddress now = known == null && fixed ? look() : known;
    if (now != null) {
      then.accept(now);
      if (!fixed && System.nanoTime() - lookedAt > FRESH_NANOS) {
        lookUp(threads);
      }
    } else {
      synchronized (this) {
        waiting.add(then);
      }
      lookUp(threads);
    }
  }

  private void lookUp(Executor threads) {
    synchronized (this) {
      if (looking) {
        return;
      }
      looking = true;
    }
    try {
      threads.execute(() -> tell(look()));
    } catch (RejectedExecutionException closing) {
      tell(null);
    }
  }

  private @Nullable InetSocketAddress look() {
    try {
      return await();
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
   * Looks it up on this thread, which may block.
   *
   * @throws UnknownHostException if there is no address for the name now
   */
  public InetSocketAddress await() throws UnknownHostException {
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
