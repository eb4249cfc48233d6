package appliance.fastcgi;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where php's answer to a {@link Call} goes. Belongs to the call's I/O thread. */
interface Answer {

  /** Takes the head; {@code whole} is the body's length if all of it is at hand, else -1. */
  void begin(ResponseHead head, long whole) throws InvalidResponse;

  /**
   * Takes a piece of the body, all of it.
   *
   * @return whether more may follow at once; if not, {@link #whenRoom}
   */
  boolean write(ByteBuffer bytes) throws IOException;

  /** Calls {@code more} once when more may be written; until then nothing more is to be read from php. */
  void whenRoom(Runnable more);

  /**
   * Ends it, when the client has taken what was written.
   *
   * @throws InvalidResponse if php has given less than it announced
   */
  void end() throws InvalidResponse;

  /** Ends it, as the client does not take it, so that nobody takes it for a whole one. */
  void cut(String why);
}
