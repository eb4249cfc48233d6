package appliance.fastcgi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Where php's answer to a {@link Call} goes. Belongs to the call's I/O thread. */
interface Answer {

  /** Takes the head; {@code whole} is the body's length if all of it is at hand, else -1. */
  void begin(ResponseHead head, long whole) throws InvalidResponse;

  /**
   * Writes a piece of the body.
   *
   * @return whether all of it is written; if not, {@link #whenWritable} and again
   */
  boolean write(ByteBuffer bytes) throws IOException;

  /** Calls {@code writer} once when more may be written. */
  void whenWritable(Runnable writer);

  /** Whether what was to be written waits for the caller, who has a limit of its own. */
  boolean heldBack();

  /**
   * Has {@code stalled} called when the client takes nothing for {@code time}. Before this call whoever reads from
   * php looks after that.
   */
  void watch(Duration time, Runnable stalled);

  /**
   * Ends it.
   *
   * @throws InvalidResponse if php has given less than it announced
   */
  void end() throws InvalidResponse;

  /** Ends it so that nobody takes it for a whole one. */
  void cut();
}
