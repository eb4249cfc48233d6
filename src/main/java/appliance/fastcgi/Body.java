package appliance.fastcgi;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A request's body on its way to php. Belongs to one I/O thread. */
interface Body {

  /** In bytes; -1 if the request has none. */
  long length();

  /**
   * Reads what is there.
   *
   * @return bytes read, 0 if none is there yet, -1 at the end
   * @throws ClientFailure if the rest will not come
   */
  int read(ByteBuffer to) throws IOException;

  /** Calls {@code reader} once when there may be something to read. */
  void whenReadable(Runnable reader);

  /** Whether it still can be given to someone else from its beginning. */
  boolean untouched();

  /** Gives up what it holds; never throws. */
  void close();

  /** No body. */
  Body NONE = new Body() {
    @Override
    public long length() {
      return -1;
    }

    @Override
    public int read(ByteBuffer to) {
      return -1;
    }

    @Override
    public void whenReadable(Runnable reader) {
      throw new IllegalStateException("no body never becomes readable");
    }

    @Override
    public boolean untouched() {
      return true;
    }

    @Override
    public void close() {}
  };
}
