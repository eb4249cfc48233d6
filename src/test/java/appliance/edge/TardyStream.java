package appliance.edge;

import appliance.testing.Await;
import java.io.FilterInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.Random;

/** What comes by a connection, taken in portions, with pauses in which the other side gets rid of little. */
final class TardyStream extends FilterInputStream {

  /** Of the socket that it is to be of: what the other side has sent waits there, and not here. */
  static final int ROOM_BYTES = 4096;

  private static final int PORTION_BYTES_MAX = 2_000_000;
  private static final int PAUSE_MILLIS_MAX = 100;

  private final Random random;
  private int portion = PORTION_BYTES_MAX;

  TardyStream(Socket of, long seed) throws IOException {
    super(of.getInputStream());
    random = new Random(seed);
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    if (portion <= 0) {
      portion = random.nextInt(PORTION_BYTES_MAX);
      Await.pause(random.nextInt(PAUSE_MILLIS_MAX));
    }
    int read = super.read(bytes, from, length);
    portion -= read;
    return read;
  }
}
