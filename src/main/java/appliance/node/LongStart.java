package appliance.node;

import appliance.runtime.Loop;
import appliance.runtime.Readiness;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tells systemd while a start takes long that it goes on: a node may wait for a person who lets it in, or
 * for as many as {@code --expect}, in person's time. All other waits of a start have limits of their own.
 */
record LongStart(Optional<Loop> loop) implements AutoCloseable {

  /** Less than the TimeoutStartSec of the unit, and more than an ordinary start takes. */
  static final Duration WORD_PERIOD = Duration.ofSeconds(20);

  /** So much longer than {@link #WORD_PERIOD} that a word or two may be late. */
  private static final Duration MORE = Duration.ofMinutes(2);

  /**
   * @param wait what is waited for, in words; empty if that is not known
   */
  static LongStart begin(Readiness readiness, Duration period, Supplier<String> wait) {
    if (!readiness.heard()) {
      return new LongStart(Optional.empty());
    }
    Loop loop = new Loop("long-start", 2);
    loop.every(period, () -> readiness.starting(MORE, wait.get()));
    return new LongStart(Optional.of(loop));
  }

  @Override
  public void close() {
    loop.ifPresent(Loop::close);
  }
}
