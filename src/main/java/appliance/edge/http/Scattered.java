package appliance.edge.http;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads into several buffers by conduits that read into one at a time. */
public final class Scattered {

  private Scattered() {}

  /** The first of {@code length} buffers from {@code offset} on that has room; null if none has. */
  public static @Nullable ByteBuffer first(ByteBuffer[] to, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (to[i].hasRemaining()) {
        return to[i];
      }
    }
    return null;
  }
}
