package appliance.runtime;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One immutable value that has one writer and many readers: the latest is always at hand, and every
 * change reaches each subscriber, in order, on the writer's thread. Subscribers return quickly; one
 * that throws is logged and does not keep the value from the others.
 */
public final class Published<T> {

  private static final Logger log = LoggerFactory.getLogger(Published.class);

  private final List<Consumer<T>> subscribers = new CopyOnWriteArrayList<>();
  private volatile T value;

  public Published(T first) {
    value = first;
  }

  public T get() {
    return value;
  }

  /** Calls {@code subscriber} with the value as it is now, and then with each later one. */
  public synchronized void subscribe(Consumer<T> subscriber) {
    subscribers.add(subscriber);
    tell(subscriber, value);
  }

  /**
   * Makes {@code next} the value; tells nobody if it equals the last one.
   *
   * @return whether it is another one
   */
  public synchronized boolean publish(T next) {
    if (next.equals(value)) {
      return false;
    }
    value = next;
    subscribers.forEach(subscriber -> tell(subscriber, next));
    return true;
  }

  private void tell(Consumer<T> subscriber, T now) {
    try {
      subscriber.accept(now);
    } catch (RuntimeException | Error e) {
      log.error("A subscriber failed on a change it was told of", e);
    }
  }
}
