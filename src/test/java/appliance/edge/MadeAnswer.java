package appliance.edge;

import appliance.fastcgi.FakePhp;
import appliance.testing.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** An answer that is made out of what is asked for: of any length, sent in pieces, perhaps cut off or garbled. */
final class MadeAnswer {

  private enum Framing {
    LENGTH,
    CHUNKED,
    END_OF_CONNECTION
  }

  private static final int[] BYTES_MAX = {1, 2_000, 70_000, 400_000, 1_500_000};
  private static final int PIECE_BYTES_MAX = 65_000;
  private static final int PERIOD = 9973;
  private static final String TEXT = IntStream.range(0, PERIOD + PIECE_BYTES_MAX)
      .mapToObj(i -> Character.toString('a' + i % PERIOD % 26))
      .collect(Collectors.joining());
  private static final byte[] TEXT_BYTES = TEXT.getBytes(StandardCharsets.US_ASCII);
  private static final int CUT_ONE_IN = 5;
  private static final int STILL_MILLIS = 250;

  private final Random random;
  private final long number;
  private final int least;
  private final Framing framing;
  final int length;

  /** The bytes after which the application is gone; as many as the length if it is not. */
  private final int sent;

  /** Of these, those that the application has got rid of. */
  private volatile int gone;

  /** Whether there is an interim answer before it, trailers behind it, or what is no chunk in place of a cut. */
  private final boolean dressed;

  /**
   * The one that {@link #path} asks for.
   *
   * @param path ends in the least bytes that it has, and its number
   */
  MadeAnswer(long seed, String path) {
    String[] asked = path.split("/", -1);
    number = Long.parseLong(asked[asked.length - 1]);
    least = Integer.parseInt(asked[asked.length - 2]);
    random = new Random(seed * 1_000_003 + number);
    List<Framing> framings = List.of(Framing.values());
    int known = least == 0 ? 0 : 1; // the length of a long one is not
    framing = framings.get(known + random.nextInt(framings.size() - known));
    length = least + random.nextInt(BYTES_MAX[random.nextInt(BYTES_MAX.length)]);
    sent = length > 0 && random.nextInt(CUT_ONE_IN) == 0 ? random.nextInt(length) : length;
    dressed = random.nextBoolean();
  }

  /** What asks for one of so many bytes or more. */
  static String path(int least, long number) {
    return "/" + least + "/" + number;
  }

  /** Whether the application gives all of it. */
  boolean given() {
    return sent == length;
  }

  /** Returns when the application gets rid of no more for a while: it is done, or has to wait for its client. */
  void awaitStill() {
    Await.until("it has begun", () -> gone > 0 || sent == 0);
    int before;
    do {
      before = gone;
      Await.pause(STILL_MILLIS);
    } while (gone != before);
  }

  /** Whether {@code bytes} are its beginning. */
  boolean begins(byte[] bytes) {
    boolean same = bytes.length <= length;
    for (int at = 0; at < bytes.length && same; at += PIECE_BYTES_MAX) {
      int end = Math.min(bytes.length, at + PIECE_BYTES_MAX);
      int from = place(at);
      same = Arrays.equals(bytes, at, end, TEXT_BYTES, from, from + end - at);
    }
    return same;
  }

  /** Whether a client may take {@code bytes} for all of it; only a connection's end tells no cut. */
  boolean mayBeWhole(byte[] bytes, boolean overHttp) {
    boolean cutUnseen = overHttp && framing == Framing.END_OF_CONNECTION;
    return begins(bytes)
        && bytes.length == (cutUnseen ? sent : length)
        && (cutUnseen || sent == length);
  }

  /** Where in the text what comes at {@code at} is. */
  private int place(int at) {
    return (int) ((at + number * 7) % PERIOD);
  }

  void send(RawApp.Request to) throws IOException {
    to.write((dressed ? "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" : "")
        + "HTTP/1.1 200 OK\r\n"
        + switch (framing) {
          case LENGTH -> "Content-Length: " + length + "\r\n\r\n";
          case CHUNKED -> "Transfer-Encoding: chunked\r\n\r\n";
          case END_OF_CONNECTION -> "Connection: close\r\n\r\n";
        });
    boolean chunked = framing == Framing.CHUNKED;
    pieces(piece ->
        to.write(chunked ? Integer.toHexString(piece.length()) + "\r\n" + piece + "\r\n" : piece));
    if (sent < length && chunked && dressed) {
      to.write("no chunk\r\n");
    } else if (sent < length || framing == Framing.END_OF_CONNECTION) {
      to.socket().close();
    } else if (chunked) {
      to.write(dressed ? "0\r\nX-Sum: 1\r\n\r\n" : "0\r\n\r\n");
    }
  }

  void send(FakePhp.Request to) throws IOException {
    String head = "Content-Type: text/plain\r\n";
    to.send(FakePhp.stdout(
        framing == Framing.LENGTH
            ? head + "Content-Length: " + length + "\r\n\r\n"
            : head + "\r\n"));
    pieces(piece -> to.send(FakePhp.stdout(piece)));
    if (sent < length) {
      to.socket().close();
    } else {
      to.send(FakePhp.end(0));
    }
  }

  @FunctionalInterface
  private interface Piece {

    void send(String piece) throws IOException;
  }

  /** Those of a long one are large, too, so that a client that takes no more leaves much of one. */
  private void pieces(Piece piece) throws IOException {
    int smallest = least == 0 ? 1 : PIECE_BYTES_MAX - PIECE_BYTES_MAX / 8;
    int more = 1 + random.nextInt(PIECE_BYTES_MAX - smallest);
    for (int at = 0; at < sent; ) {
      int bytes = Math.min(sent - at, smallest + random.nextInt(more));
      int from = place(at);
      piece.send(TEXT.substring(from, from + bytes));
      at += bytes;
      gone = at;
    }
  }
}
