package appliance.files;

import io.undertow.server.HttpServerExchange;
import java.nio.ByteBuffer;
import java.util.function.LongPredicate;

/** Takes answers that may be given again to requests like theirs without being asked for here. */
@FunctionalInterface
public interface Repeats {

  /** Each request comes here. */
  Repeats NONE = (exchange, content, still) -> {};

  /**
   * Offers an answer just before it is sent.
   *
   * @param content all of what is sent with status 200; never changed
   * @param still whether the same would be sent at a {@link System#nanoTime}; a true one is counted as
   *     sent
   */
  void offer(HttpServerExchange exchange, ByteBuffer content, LongPredicate still);
}
