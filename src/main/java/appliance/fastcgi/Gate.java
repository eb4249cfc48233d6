package appliance.fastcgi;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * When an answer may begin.
 *
 * @param now whether it may; asked until it has begun
 * @param later calls what it is given once, when to ask again; not if the exchange ends before
 */
public record Gate(BooleanSupplier now, Consumer<Runnable> later) {

  /** For answers that nobody holds back. */
  static final Gate OPEN = new Gate(() -> true, Runnable::run);

  boolean open() {
    return now.getAsBoolean();
  }

  void whenOpen(Runnable goOn) {
    later.accept(goOn);
  }
}
