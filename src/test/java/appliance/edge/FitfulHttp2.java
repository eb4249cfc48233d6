package appliance.edge;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A client of HTTP/2 that reads some of its answers at once and some with pauses, gives up some in the middle, and
 * leaves some until the end, when it gives those up, too, or just goes.
 */
final class FitfulHttp2 implements AutoCloseable {

  private static final int WINDOW_BYTES = 65_535;
  private static final int DEFAULT_PORTION = 100_000;

  private enum Mood {
    QUICK,
    SLOW,
    STUCK,
    GONE
  }

  /** One request and what came of its answer. */
  final class Stream {

    private final int number;
    private final String path;
    private final Mood mood = List.of(Mood.values()).get(random.nextInt(Mood.values().length));
    private final int enough = random.nextInt(DEFAULT_PORTION);
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int status;
    private boolean ended;
    private boolean over;
    private boolean cut;

    private Stream(int number, String path) {
      this.number = number;
      this.path = path;
    }

    String path() {
      return path;
    }

    byte[] bytes() {
      return body.toByteArray();
    }

    int status() {
      return status;
    }

    /** Whether the server has said that this is all. */
    boolean ended() {
      return ended;
    }

    /** Whether the server has broken it off. */
    boolean cut() {
      return cut;
    }

    private boolean stuck() {
      return mood == Mood.STUCK && body.size() >= WINDOW_BYTES;
    }

    @Override
    public String toString() {
      return path + " " + mood + " " + status + " " + body.size() + " bytes";
    }
  }

  private final RawHttp2 connection;
  private final Random random;
  private final Map<Integer, Stream> streams = new TreeMap<>();

  FitfulHttp2(int port, long seed) throws Exception {
    connection = new RawHttp2(port);
    random = new Random(seed);
  }

  void ask(String path) throws IOException {
    Stream stream = new Stream(2 * streams.size() + 1, path);
    streams.put(stream.number, stream);
    String method = random.nextInt(3) == 0 ? "POST" : "GET";
    connection.headers(
        stream.number,
        true,
        List.of(":method: " + method, ":scheme: https", ":authority: x", ":path: " + path));
  }

  /** What came until nothing more is to come. */
  Collection<Stream> streams() throws Exception {
    try {
      while (streams.values().stream().anyMatch(stream -> !stream.over && !stream.stuck())) {
        take(connection.next());
      }
      if (random.nextBoolean()) {
        for (Stream stream : streams.values()) {
          giveUp(stream);
        }
      }
    } catch (EOFException | SocketException e) {
      throw new AssertionError("the connection ended with " + streams.values(), e);
    }
    return streams.values();
  }

  private void take(RawHttp2.Frame frame) throws Exception {
    Stream stream = streams.get(frame.stream());
    if (frame.type() == RawHttp2.GOAWAY) {
      throw new AssertionError("told to go away: " + frame.payload().getInt(4) + " "
          + frame.payload().getInt(0) + " " + streams.values());
    }
    if (stream == null || stream.over) {
      if (frame.type() == RawHttp2.DATA) {
        open(0, frame.payload().remaining());
      }
      return;
    }
    if (frame.type() == RawHttp2.HEADERS && stream.status == 0) {
      stream.status = RawHttp2.statusOf(frame);
    } else if (frame.type() == RawHttp2.DATA) {
      data(stream, frame.payload());
    }
    stream.ended |= frame.endsStream();
    stream.cut |= frame.type() == RawHttp2.RST_STREAM;
    stream.over |= frame.endsStream() || stream.cut;
  }

  private void data(Stream stream, ByteBuffer payload) throws Exception {
    int bytes = payload.remaining();
    byte[] content = new byte[bytes];
    payload.get(content);
    stream.body.writeBytes(content);
    open(0, bytes);
    if (stream.mood == Mood.GONE && stream.body.size() >= stream.enough) {
      giveUp(stream);
    } else if (stream.mood != Mood.STUCK) {
      Thread.sleep(stream.mood == Mood.SLOW ? 1 : 0);
      open(stream.number, bytes);
    }
  }

  private void giveUp(Stream stream) throws IOException {
    if (!stream.over) {
      stream.over = true;
      connection.send(RawHttp2.RST_STREAM, 0, stream.number, new byte[] {0, 0, 0, 8});
    }
  }

  private void open(int stream, int bytes) throws IOException {
    if (bytes > 0) {
      connection.send(
          RawHttp2.WINDOW_UPDATE,
          0,
          stream,
          ByteBuffer.allocate(4).putInt(bytes).array());
    }
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
